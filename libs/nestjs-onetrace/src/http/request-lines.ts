import type { Context, SpanContext } from '@opentelemetry/api';
import { getIdentity, type Identity, isDebugged } from '../context/index.js';
import { componentLogger, LINE_MAY_WAIT, type LineFields } from '../logging/index.js';
import { type LogLevel, MESSAGES, UNMATCHED_ROUTE } from '../semantics/index.js';
import type { RequestLineRules } from './http-settings.js';
import type { RequestOutcome } from './request-span.js';

/** What both lines of a request say. */
export interface RequestSubject {
  readonly component: string;
  readonly context: Context;
  readonly spanContext: SpanContext;
  readonly method: string;
  readonly path: string;
  readonly lines: RequestLineRules;
}

const lines = componentLogger();

/** Writes "request started", unless that is switched off. */
export function logRequestStarted(
  subject: RequestSubject,
  parentSpanId: string | undefined,
  foreignTraceId: string | undefined,
): void {
  if (!subject.lines.started && !isDebugged(subject.context)) return;
  const identity = getIdentity(subject.context);
  const extra = {
    method: subject.method,
    path: subject.path,
    foreign_trace_id: foreignTraceId,
    request_id: identity.requestId,
  };
  lines.info(MESSAGES.requestStarted, fieldsOf(subject, identity, parentSpanId, undefined, undefined, extra, false));
}

/** Writes "request completed", or "request aborted" when the answer did not reach the client whole. */
export function logRequestEnded(subject: RequestSubject, outcome: RequestOutcome, durationMs: number): void {
  const { route, status, interrupted, error } = outcome;
  const { slowMs } = subject.lines;
  const slow = slowMs !== false && durationMs >= slowMs;
  const identity = getIdentity(subject.context);
  const extra = {
    method: subject.method,
    route: route ?? UNMATCHED_ROUTE,
    path: subject.path,
    status,
    reason: outcome.refusal,
    interrupted,
    request_bytes: outcome.requestBytes,
    response_bytes: outcome.responseBytes,
    slower_than_ms: slow ? slowMs : undefined,
    request_id: identity.requestId,
  };
  const level = levelOf(outcome, slow, subject.lines);
  lines.log(
    level,
    interrupted === undefined ? MESSAGES.requestCompleted : MESSAGES.requestAborted,
    // Every second line of a busy server says that nothing is wrong.
    fieldsOf(subject, identity, undefined, Math.round(durationMs), error, extra, level === 'INFO'),
  );
}

function levelOf({ status = 0, interrupted, error }: RequestOutcome, slow: boolean, rules: RequestLineRules): LogLevel {
  if (error !== undefined || interrupted === 'cut_off' || status >= 500) return 'ERROR';
  if (slow || interrupted !== undefined) return 'WARN';
  return status >= 400 && rules.clientErrors === 'warn' ? 'WARN' : 'INFO';
}

// Spelled out rather than spread: this is written twice for each request.
function fieldsOf(
  { component, spanContext }: RequestSubject,
  { clientId, pipelineId, tenantId, userId }: Identity,
  parentSpanId: string | undefined,
  durationMs: number | undefined,
  error: RequestOutcome['error'],
  extra: Readonly<Record<string, unknown>>,
  mayWait: boolean,
): LineFields {
  return {
    [LINE_MAY_WAIT]: mayWait,
    component,
    trace_id: spanContext.traceId,
    span_id: spanContext.spanId,
    client_id: clientId,
    pipeline_id: pipelineId,
    tenant_id: tenantId,
    user_id: userId,
    parent_span_id: parentSpanId,
    duration_ms: durationMs,
    error: error?.thrown,
    extra,
  };
}
