import type { SpanContext } from '@opentelemetry/api';
import { type Context } from '@opentelemetry/api';
import { getIdentity } from '../context/index.js';
import { componentLogger, type LineFields } from '../logging/index.js';
import { MESSAGES, UNMATCHED_ROUTE } from '../semantics/index.js';
import type { RequestOutcome } from './request-span.js';

/** What both lines of a request say. */
export interface RequestSubject {
  readonly component: string;
  readonly context: Context;
  readonly spanContext: SpanContext;
  readonly method: string;
  readonly path: string;
}

const lines = componentLogger();

/** Writes "request started". */
export function logRequestStarted(
  subject: RequestSubject,
  parentSpanId: string | undefined,
  foreignTraceId: string | undefined,
): void {
  lines.info(
    MESSAGES.requestStarted,
    fieldsOf(subject, {
      parent_span_id: parentSpanId,
      extra: { method: subject.method, path: subject.path, foreign_trace_id: foreignTraceId },
    }),
  );
}

/** Writes "request completed", or "request aborted" when the answer did not reach the client whole. */
export function logRequestEnded(subject: RequestSubject, outcome: RequestOutcome, durationMs: number): void {
  const { route, status, interrupted, error } = outcome;
  const failed = error !== undefined || (status !== undefined && status >= 500);
  const refused = interrupted !== undefined || (status !== undefined && status >= 400);
  lines.log(
    failed ? 'ERROR' : refused ? 'WARN' : 'INFO',
    interrupted === undefined ? MESSAGES.requestCompleted : MESSAGES.requestAborted,
    fieldsOf(subject, {
      duration_ms: Math.round(durationMs),
      error: error?.thrown,
      extra: { method: subject.method, route: route ?? UNMATCHED_ROUTE, path: subject.path, status },
    }),
  );
}

function fieldsOf(subject: RequestSubject, fields: LineFields): LineFields {
  const { requestId, clientId, pipelineId, tenantId, userId } = getIdentity(subject.context);
  return {
    component: subject.component,
    trace_id: subject.spanContext.traceId,
    span_id: subject.spanContext.spanId,
    client_id: clientId,
    pipeline_id: pipelineId,
    tenant_id: tenantId,
    user_id: userId,
    parent_span_id: fields.parent_span_id,
    duration_ms: fields.duration_ms,
    error: fields.error,
    extra: { ...fields.extra, request_id: requestId },
  };
}
