import type { LogLine } from './log-line.js';
import type { Span } from './span.js';
import { makeLine, makeSpan, RUN_ID, spanId, WORKFLOW_ID } from './telemetry.fixture.js';

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
export function front(to: number, status: number, error?: string): Scenario {
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
      makeLine(to + 2, 'nginx', `POST ${PATH['url.path']} ${status}`, 1, { durationMs: to + 2, extra: { status } }),
    ],
  };
}

/** The two marks of the workflow and its lines. */
export function workflow(to: number, error?: string): Scenario {
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
export function activity(
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

/** The moment the workflow asks for an activity. */
export function scheduled(id: number, type: string, at: number): Scenario {
  const attributes = { ...ids, 'temporal.activity_type': type };
  return {
    spans: [
      makeSpan({
        id,
        parent: 4,
        name: `StartActivity:${type}`,
        component: 'worker',
        kind: 'client',
        from: at,
        to: at,
        attributes,
      }),
    ],
    lines: [],
  };
}

/** The connector’s call, all of its attempts included. */
export function modelCall(id: number, parent: number, from: number, to: number, error?: string): Scenario {
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

/** One HTTP attempt of the connector. */
export function httpAttempt(
  id: number,
  parent: number,
  from: number,
  to: number,
  resend: number,
  status: number | undefined,
  error?: string,
): Scenario {
  const failed = error !== undefined && { error };
  const wentWell = error === undefined && (status ?? 500) < 400;
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
      makeLine(to, 'connector', wentWell ? 'model response received' : 'model request failed', id, {
        level: wentWell ? 'INFO' : 'WARN',
        attempt: resend + 1,
        durationMs: to - from,
        ...(status !== undefined && { extra: { status } }),
      }),
    ],
  };
}

/** The inference server’s side. */
export function serving(id: number, parent: number, from: number, to: number, status: number): Scenario {
  return {
    spans: [makeSpan({ id, parent, name: 'llm_request', component: 'inference', kind: 'server', from, to, status })],
    lines: [
      makeLine(from, 'inference', 'request received', id, { parentSpanId: spanId(parent) }),
      makeLine(to, 'inference', 'request completed', id, { durationMs: to - from, extra: { status } }),
    ],
  };
}

/** Puts parts together. */
export function join(...parts: Scenario[]): Scenario {
  return { spans: parts.flatMap(({ spans }) => spans), lines: parts.flatMap(({ lines }) => lines) };
}
