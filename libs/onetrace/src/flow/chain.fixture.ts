import type { LogLine } from '../telemetry/log-line.js';
import type { Attributes, Span, SpanKind } from '../telemetry/span.js';

/** 2026-11-21T10:15:23.100Z */
export const T0 = Date.UTC(2026, 10, 21, 10, 15, 23, 100);
export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const WORKFLOW_ID = 'text-embedding-7f3a';
export const RUN_ID = '01999999-aaaa-7bbb-8ccc-dddddddddddd';

/** Times in ms after T0. */
interface SpanFixture {
  id: number;
  parent?: number;
  name: string;
  component: string;
  from: number;
  to: number;
  kind?: SpanKind;
  error?: string;
  status?: number;
  attributes?: Attributes;
}

/** Span ID of a small number. */
export function spanId(id: number): string {
  return id.toString(16).padStart(16, '0');
}

export function makeSpan(fixture: SpanFixture): Span {
  const { id, parent, name, component, from, to, kind = 'internal', error, status, attributes = {} } = fixture;
  return {
    traceId: TRACE_ID,
    spanId: spanId(id),
    ...(parent !== undefined && { parentSpanId: spanId(parent) }),
    name,
    kind,
    startMs: T0 + from,
    endMs: T0 + to,
    status: error === undefined ? 'unset' : 'error',
    ...(error !== undefined && { statusMessage: error }),
    attributes: { ...attributes, ...(status !== undefined && { 'http.response.status_code': status }) },
    events: [],
    links: [],
    resource: { 'service.name': component },
  };
}

export function makeLine(
  at: number,
  component: string,
  message: string,
  id?: number,
  more: Partial<LogLine> = {},
): LogLine {
  return {
    timeMs: T0 + at,
    level: 'INFO',
    message,
    component,
    traceId: TRACE_ID,
    ...(id !== undefined && { spanId: spanId(id) }),
    ...more,
  };
}

/** One flow through the chain: what was received of it. */
export interface Scenario {
  spans: Span[];
  lines: LogLine[];
}

const ids = { temporalWorkflowID: WORKFLOW_ID, temporalRunID: RUN_ID };
const REQUEST = 'POST /v1/pipelines/:pipeline/runs';
const PATH = {
  'http.request.method': 'POST',
  'url.path': '/v1/pipelines/text-embedding/runs',
  'http.route': '/v1/pipelines/:pipeline/runs',
};
const TARGET = 'POST 127.0.0.1:8000';

/** nginx, gateway and the start of the workflow. */
function front(to: number, status: number, error?: string): Scenario {
  const failed = error !== undefined && { error };
  return {
    spans: [
      makeSpan({
        id: 1,
        name: `edge ${REQUEST}`,
        component: 'nginx',
        kind: 'server',
        from: 0,
        to: to + 2,
        status,
        attributes: { ...PATH, 'onetrace.client_id': 'dept-a' },
      }),
      makeSpan({
        id: 2,
        parent: 1,
        name: REQUEST,
        component: 'gateway',
        kind: 'server',
        from: 3,
        to,
        status,
        attributes: { ...PATH, 'onetrace.request_id': 'req-12345678' },
        ...failed,
      }),
      makeSpan({
        id: 3,
        parent: 2,
        name: 'StartWorkflow:runPipeline',
        component: 'temporal',
        kind: 'client',
        from: 12,
        to: 19,
        attributes: { temporalWorkflowID: WORKFLOW_ID, 'temporal.task_queue': 'pipelines' },
      }),
    ],
    lines: [
      makeLine(4, 'gateway', 'request started', 2, { parentSpanId: spanId(1), requestId: 'req-12345678' }),
      makeLine(12, 'temporal', 'workflow start requested', 3, { parentSpanId: spanId(2), workflowId: WORKFLOW_ID }),
      makeLine(19, 'temporal', 'workflow started', 3, { workflowId: WORKFLOW_ID, runId: RUN_ID }),
      makeLine(to, 'gateway', 'request completed', 2, {
        durationMs: to - 3,
        level: status < 500 ? 'INFO' : 'ERROR',
        extra: { status },
      }),
      makeLine(to + 2, 'nginx', 'request completed', undefined, { durationMs: to + 2, extra: { status } }),
    ],
  };
}

function workflow(to: number, error?: string): Scenario {
  return {
    spans: [
      makeSpan({
        id: 4,
        parent: 3,
        name: 'RunWorkflow:runPipeline',
        component: 'worker',
        kind: 'server',
        from: 31,
        to: 31,
        attributes: ids,
      }),
      makeSpan({
        id: 5,
        parent: 4,
        name: 'CompleteWorkflow:runPipeline',
        component: 'worker',
        from: to,
        to,
        attributes: ids,
        ...(error !== undefined && { error }),
      }),
    ],
    lines: [
      makeLine(31, 'worker', 'workflow started', 4, {
        parentSpanId: spanId(3),
        workflowId: WORKFLOW_ID,
        runId: RUN_ID,
      }),
      makeLine(to, 'worker', error === undefined ? 'workflow completed' : 'workflow failed', 4, {
        durationMs: to - 31,
        ...(error !== undefined && {
          level: 'ERROR',
          error: { type: 'ActivityFailure', message: error, stack: 'ActivityFailure\n    at a' },
        }),
      }),
    ],
  };
}

/** One attempt of an activity; `to` undefined for one that never ended. */
function activity(
  id: number,
  type: string,
  from: number,
  to: number | undefined,
  attempt: number,
  error?: string,
): Scenario {
  const more = { parentSpanId: spanId(id - 1), activity: type, attempt, workflowId: WORKFLOW_ID, runId: RUN_ID };
  const started = makeLine(from, 'worker', 'activity started', id, more);
  if (to === undefined) return { spans: [], lines: [started] };
  const failed = error !== undefined && { error };
  return {
    spans: [
      makeSpan({
        id,
        parent: id - 1,
        name: `RunActivity:${type}`,
        component: 'worker',
        kind: 'server',
        from,
        to,
        attributes: { ...ids, 'temporal.attempt': attempt },
        ...failed,
      }),
    ],
    lines: [
      started,
      makeLine(to, 'worker', error === undefined ? 'activity completed' : 'activity failed', id, {
        activity: type,
        attempt,
        durationMs: to - from,
        ...(error !== undefined && {
          level: 'ERROR',
          error: { type: 'Error', message: error, stack: 'Error\n    at b' },
        }),
      }),
    ],
  };
}

function scheduled(id: number, type: string, from: number, to: number | undefined, error?: string): Scenario {
  const parent = { parentSpanId: spanId(4), activity: type, workflowId: WORKFLOW_ID, runId: RUN_ID };
  if (to === undefined)
    return {
      spans: [],
      lines: [
        makeLine(from, 'worker', 'activity requested', id, {
          ...parent,
          extra: { span_name: `StartActivity:${type}`, task_queue: 'pipelines' },
        }),
      ],
    };
  const failed = error !== undefined && { error };
  return {
    spans: [
      makeSpan({
        id,
        parent: 4,
        name: `StartActivity:${type}`,
        component: 'worker',
        kind: 'client',
        from,
        to,
        attributes: ids,
        ...failed,
      }),
    ],
    lines: [],
  };
}

function modelCall(id: number, parent: number, from: number, to: number, error?: string): Scenario {
  const failed = error !== undefined && { error };
  return {
    spans: [makeSpan({ id, parent, name: 'chat tiny', component: 'connector', kind: 'client', from, to, ...failed })],
    lines: [
      makeLine(from, 'connector', 'model call started', id, {
        parentSpanId: spanId(parent),
        extra: { operation: 'chat', model: 'tiny' },
      }),
      makeLine(to, 'connector', error === undefined ? 'model call completed' : 'model call failed', id, {
        durationMs: to - from,
        ...(error !== undefined && { level: 'ERROR', error: { message: error } }),
      }),
    ],
  };
}

function httpAttempt(
  id: number,
  parent: number,
  from: number,
  to: number,
  resend: number,
  status: number | undefined,
  error?: string,
): Scenario {
  const failed = error !== undefined && { error };
  const attributes = { ...(resend > 0 && { 'http.request.resend_count': resend }) };
  return {
    spans: [
      makeSpan({
        id,
        parent,
        name: TARGET,
        component: 'connector',
        kind: 'client',
        from,
        to,
        attributes,
        ...(status !== undefined && { status }),
        ...failed,
      }),
    ],
    lines: [
      makeLine(from, 'connector', 'model request sent', id, { parentSpanId: spanId(parent), attempt: resend + 1 }),
      makeLine(
        to,
        'connector',
        error === undefined && (status ?? 500) < 400 ? 'model response received' : 'model request failed',
        id,
        { attempt: resend + 1, durationMs: to - from, ...(status !== undefined && { extra: { status } }) },
      ),
    ],
  };
}

function serving(id: number, parent: number, from: number, to: number, status: number): Scenario {
  return {
    spans: [makeSpan({ id, parent, name: 'llm_request', component: 'inference', kind: 'server', from, to, status })],
    lines: [makeLine(to, 'inference', 'request completed', id, { durationMs: to - from, extra: { status } })],
  };
}

function join(...parts: Scenario[]): Scenario {
  return { spans: parts.flatMap(({ spans }) => spans), lines: parts.flatMap(({ lines }) => lines) };
}

const preprocess = join(scheduled(10, 'preprocess', 40, 96), activity(11, 'preprocess', 52, 93, 1), {
  spans: [],
  lines: [makeLine(60, 'worker', '텍스트 3개를 정규화했습니다', 11, { extra: { texts: 3 } })],
});

/** All went well. */
export function success(): Scenario {
  return join(
    front(1260, 200),
    workflow(1240),
    preprocess,
    scheduled(20, 'inference', 104, 1180),
    activity(21, 'inference', 112, 1170, 1),
    modelCall(30, 21, 118, 1165),
    httpAttempt(31, 30, 121, 1160, 0, 200),
    serving(32, 31, 126, 1155, 200),
    scheduled(40, 'postprocess', 1190, 1230),
    activity(41, 'postprocess', 1198, 1226, 1),
  );
}

/** The first HTTP attempt got 503, the second one 200. */
export function retried(): Scenario {
  return join(
    front(1460, 200),
    workflow(1440),
    preprocess,
    scheduled(20, 'inference', 104, 1380),
    activity(21, 'inference', 112, 1370, 1),
    modelCall(30, 21, 118, 1365),
    httpAttempt(31, 30, 121, 160, 0, 503),
    serving(32, 31, 126, 155, 503),
    httpAttempt(33, 30, 361, 1360, 1, 200),
    serving(34, 33, 366, 1355, 200),
    scheduled(40, 'postprocess', 1390, 1430),
    activity(41, 'postprocess', 1398, 1426, 1),
  );
}

/** Three HTTP attempts, all refused with 503: the workflow fails and the caller gets 502. */
export function failed(): Scenario {
  const text = 'inference failed: the server answered 503 three times';
  return join(
    front(1010, 502, 'Bad Gateway'),
    workflow(990, 'Activity task failed'),
    preprocess,
    scheduled(20, 'inference', 104, 970, 'Activity task failed'),
    activity(21, 'inference', 112, 960, 1, text),
    modelCall(30, 21, 118, 955, text),
    httpAttempt(31, 30, 121, 160, 0, 503),
    httpAttempt(32, 30, 361, 400, 1, 503),
    httpAttempt(33, 30, 901, 950, 2, 503),
    {
      spans: [],
      lines: [
        makeLine(1005, 'gateway', 'Unhandled exception: workflow execution failed', 2, {
          level: 'ERROR',
          error: { type: 'WorkflowFailedError', message: 'Workflow execution failed', stack: 'x\n at y' },
        }),
      ],
    },
  );
}

/** The inference server takes the request and never answers; three times the connector gives up after 10 s. */
export function hanging(): Scenario {
  const text = '127.0.0.1:8000 sent no headers within 10 s';
  return join(
    front(30_150, 504, 'the workflow did not end in time'),
    workflow(30_130, 'Activity task failed'),
    preprocess,
    scheduled(20, 'inference', 104, 30_120, 'Activity task failed'),
    activity(21, 'inference', 112, 30_115, 1, text),
    modelCall(30, 21, 118, 30_110, text),
    httpAttempt(31, 30, 121, 10_121, 0, undefined, text),
    httpAttempt(32, 30, 10_125, 20_125, 1, undefined, text),
    httpAttempt(33, 30, 20_130, 30_105, 2, undefined, text),
  );
}

/** The worker is killed in the inference activity: its spans never arrive, its "started" lines did. */
export function deadWorker(): Scenario {
  const mark = workflow(0);
  return join(
    front(15_010, 504, 'no result within 15 s'),
    { spans: mark.spans.slice(0, 1), lines: mark.lines.slice(0, 1) },
    preprocess,
    scheduled(20, 'inference', 104, undefined),
    activity(21, 'inference', 112, undefined, 1),
  );
}

/** No worker listens on the task queue. */
export function neverPickedUp(): Scenario {
  return front(15_010, 504, 'no result within 15 s');
}
