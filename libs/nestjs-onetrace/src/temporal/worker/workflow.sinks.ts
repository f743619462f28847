import { randomBytes } from 'node:crypto';
import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { completion, componentLogger, LINE_MAY_WAIT, tellsStart, type WorkKind } from '../../logging/index.js';
import { ATTR, MESSAGES, SPAN_EVENTS } from '../../semantics/index.js';
import { exportFinishedSpan, type FinishedSpan, safely } from '../../tracing/index.js';
import { noticeUnreadableHeader } from '../activity/activity-inbound.interceptor.js';
import type { SpanEvent, WorkflowEvents, WorkflowLine, WorkflowSpan } from '../workflow/workflow-events.js';
import { rememberRun } from './run-traces.js';
import { isNews } from './told-once.js';

/** The SDK's description of the workflow that calls a sink, as far as it is read here. */
export interface SinkWorkflowInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly namespace: string;
}

/** The sinks that take spans and lines out of workflow code. */
// A type, not an interface: only a type is assignable to the SDK's index signature.
export type InjectedOnetraceSinks = {
  onetrace: {
    record: {
      fn(info: SinkWorkflowInfo, events: WorkflowEvents): void;
      callDuringReplay: false;
    };
  };
};

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/**
 * Sinks for `WorkerOptions.sinks`; the plugin registers them itself. They are never called on replay, and what fails
 * inside is swallowed.
 */
export function onetraceSinks(): InjectedOnetraceSinks {
  return {
    onetrace: {
      record: {
        fn: (info, events) => void safely('temporal.sink', () => record(info, events)),
        callDuringReplay: false,
      },
    },
  };
}

/** Lines of workflow code that tell of a beginning, and of what. */
const STARTS: Readonly<Record<string, WorkKind | undefined>> = {
  [MESSAGES.workflowStarted]: 'workflows',
  [MESSAGES.childWorkflowRequested]: 'workflows',
  [MESSAGES.nextRunRequested]: 'workflows',
  [MESSAGES.activityRequested]: 'activities',
  [MESSAGES.nexusOperationRequested]: 'activities',
  [MESSAGES.workflowSpanStarted]: 'workflows',
};

function record(info: SinkWorkflowInfo, events: WorkflowEvents): void {
  rememberRun(info.runId, { trace_id: events.traceId, workflow_id: info.workflowId, ...events.identity });
  if (events.unreadableHeader) noticeUnreadableHeader();
  for (const span of events.spans) {
    if (span.spanId === undefined || span.last === true || isNews(span.spanId))
      exportFinishedSpan(finishedSpan(info, span));
  }
  for (const line of events.lines) {
    if (line.last === true || isNews(`${line.spanId} ${line.message}`)) write(info, events, line);
  }
}

function finishedSpan(info: SinkWorkflowInfo, span: WorkflowSpan): FinishedSpan {
  const timeMs = span.timeMs ?? Date.now();
  const attributes: Attributes = {
    [ATTR.temporalWorkflowId]: info.workflowId,
    [ATTR.temporalRunId]: info.runId,
    // Most spans are of what the workflow does itself: each is below one that says these.
    ...(span.kind === 'server'
      ? { [ATTR.temporalWorkflowType]: info.workflowType, [ATTR.temporalTaskQueue]: info.taskQueue }
      : {}),
    ...span.attributes,
    ...(span.error === undefined ? {} : { [ATTR.errorType]: span.error.name }),
  };
  return {
    traceId: span.traceId,
    spanId: span.spanId ?? randomBytes(8).toString('hex'),
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: KINDS[span.kind],
    startTimeMs: timeMs,
    endTimeMs: span.endTimeMs ?? timeMs,
    attributes,
    sampled: true,
    traceState: span.traceState,
    ...(span.error === undefined ? {} : { status: { code: SpanStatusCode.ERROR, message: span.error.message } }),
    events: eventsOf(span, timeMs),
    ...(span.link === undefined ? {} : { links: [{ context: span.link }] }),
  };
}

function eventsOf({ events = [], error, endTimeMs }: WorkflowSpan, timeMs: number): readonly SpanEvent[] {
  if (error === undefined) return events;
  const { name, message, stack } = error;
  const attributes = {
    [ATTR.exceptionType]: name,
    [ATTR.exceptionMessage]: message,
    ...(stack === undefined ? {} : { [ATTR.exceptionStacktrace]: stack }),
  };
  return [...events, { name: SPAN_EVENTS.exception, timeMs: endTimeMs ?? timeMs, attributes }];
}

function write(info: SinkWorkflowInfo, { traceId, identity, debugged }: WorkflowEvents, line: WorkflowLine): void {
  const start = STARTS[line.message];
  if (start !== undefined && !tellsStart(start, debugged)) return;
  const completed = line.message === MESSAGES.workflowCompleted;
  const { level, extra } = completed ? completion('workflows', line.durationMs ?? 0) : { level: line.level, extra: {} };
  componentLogger().log(level, line.message, {
    ...identity,
    trace_id: traceId,
    span_id: line.spanId,
    parent_span_id: line.parentSpanId,
    workflow_id: info.workflowId,
    run_id: info.runId,
    activity: line.activity,
    duration_ms: line.durationMs,
    error: line.error,
    extra: { ...line.extra, ...extra },
    // An activation tells several at a time. They are out before the server can know of it: should the process die first,
    // another worker carries the task out once more and tells them.
    [LINE_MAY_WAIT]: level === 'INFO',
  });
}
