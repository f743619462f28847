import type { SpanContext } from '@opentelemetry/api';
import { activityFieldsOf, spanOf } from '../context/index.js';
import { hasValidIds } from '../semantics/index.js';
import type { LineFields } from './line-fields.js';
import type { LineParts } from './line-parts.js';

/** How the text of a field becomes JSON. */
export type QuoteField = (text: string, field: string) => string;

/** The line from its brace up to `duration_ms`: what the fields say, and where they say nothing what the context does. */
export function lineTop(parts: LineParts, message: string, quote: QuoteField): string {
  const { fields, context, identity } = parts;
  let { trace_id: traceId, span_id: spanId } = fields;
  if (traceId === undefined || spanId === undefined) {
    const span = validSpanContext(spanOf(context)?.spanContext());
    traceId ??= span?.traceId;
    // A line that names another trace than the context's must not carry the ID of its span.
    if (traceId === span?.traceId) spanId ??= span?.spanId;
  }
  let top = `{"timestamp":"${isoTime(parts.timeMs)}","level":"${parts.level}","message":${message}`;
  if (traceId !== undefined) top += `,"trace_id":"${traceId}"`;
  if (spanId !== undefined) top += `,"span_id":"${spanId}"`;
  if (fields.parent_span_id !== undefined) top += `,"parent_span_id":"${fields.parent_span_id}"`;
  top += `,"component":${quote(parts.component, 'component')}`;
  top += member('client_id', fields.client_id ?? identity.clientId, quote);
  top += member('pipeline_id', fields.pipeline_id ?? identity.pipelineId, quote);
  top += member('tenant_id', fields.tenant_id ?? identity.tenantId, quote);
  top += member('user_id', fields.user_id ?? identity.userId, quote);
  const work = (speaksForItself(fields) ? undefined : activityFieldsOf(context)) ?? fields;
  top += member('workflow_id', work.workflow_id, quote);
  top += member('run_id', work.run_id, quote);
  top += member('activity', work.activity, quote);
  // Attempts of a call inside the activity are counted on their own.
  const attempt = fields.attempt ?? work.attempt;
  if (attempt !== undefined) top += `,"attempt":${attempt}`;
  return fields.duration_ms === undefined ? top : `${top},"duration_ms":${fields.duration_ms}`;
}

/** A line about another workflow, activity or trace must not be taken for one of the activity that writes it. */
function speaksForItself({ trace_id: traceId, workflow_id: workflowId, run_id: runId, activity }: LineFields): boolean {
  return traceId !== undefined || workflowId !== undefined || runId !== undefined || activity !== undefined;
}

function member(field: string, text: string | undefined, quote: QuoteField): string {
  return text === undefined || text === '' ? '' : `,"${field}":${quote(text, field)}`;
}

// The lines of a span follow one another.
let lastValid: SpanContext | undefined;

function validSpanContext(spanContext: SpanContext | undefined): SpanContext | undefined {
  if (spanContext === undefined || spanContext === lastValid) return spanContext;
  if (!hasValidIds(spanContext)) return undefined;
  lastValid = spanContext;
  return spanContext;
}

/** The latest time that a date can hold. */
const LATEST_MS = 8.64e15;
let lastSecond = { second: Number.NaN, text: '' };

/** Many lines fall into one second, and formatting its date is a tenth of what a line costs. */
function isoTime(ms: number): string {
  if (!Number.isInteger(ms) || ms < 0 || ms > LATEST_MS) return dateText(ms);
  const second = Math.floor(ms / 1000);
  if (lastSecond.second !== second) {
    const whole = dateText(ms);
    // Without the milliseconds and the Z behind them.
    lastSecond = { second, text: whole.slice(0, -4) };
    return whole;
  }
  return `${lastSecond.text}${String(ms - second * 1000).padStart(3, '0')}Z`;
}

/** Without a time that a date can hold, now. */
function dateText(ms: number): string {
  const date = new Date(ms);
  return (Number.isNaN(date.getTime()) ? new Date() : date).toISOString();
}
