import { randomBytes } from 'node:crypto';
import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ATTR, SPAN_EVENTS } from '../../semantics/index.js';
import type { FinishedSpan } from '../../tracing/index.js';
import type { SpanEvent, WorkflowRunTrace, WorkflowSpan } from '../workflow/workflow-events.js';
import type { SinkWorkflowInfo } from './sink-workflow-info.js';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** A span of workflow code as it is exported. */
export function finishedSpan(info: SinkWorkflowInfo, run: WorkflowRunTrace, span: WorkflowSpan): FinishedSpan {
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
    traceId: span.traceId ?? run.traceId,
    spanId: span.spanId ?? randomBytes(8).toString('hex'),
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: KINDS[span.kind],
    startTimeMs: timeMs,
    endTimeMs: span.endTimeMs ?? timeMs,
    attributes,
    sampled: true,
    traceState: span.traceId === undefined ? run.tracestate : undefined,
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
