import { type Context, context, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import { formatTraceparent, hasValidIds, HEADERS, parseTraceparent } from '../semantics/index.js';
import { formatBaggage, parseBaggage } from './baggage.js';
import { withSpan } from './flat-context.js';
import { getIdentity, withIdentity } from './identity.js';
import { W3cTraceState } from './trace-state.js';

/**
 * Writes `traceparent`, `tracestate` and (unless switched off) our members of `baggage` into a carrier, in lower
 * case. Also for unsampled spans, so that lines downstream keep the trace ID. Nothing is written where there is no trace.
 * The global propagator is not asked: an application without one would lose the trace here.
 */
export function injectTrace(
  ctx: Context,
  carrier: Record<string, string>,
  { baggage = true }: { readonly baggage?: boolean } = {},
): void {
  const spanContext = trace.getSpanContext(ctx);
  if (spanContext !== undefined && hasValidIds(spanContext)) {
    carrier[HEADERS.traceparent] = formatTraceparent(spanContext);
    const state = spanContext.traceState?.serialize();
    if (state) carrier[HEADERS.tracestate] = state;
  }
  const members = baggage ? formatBaggage(getIdentity(ctx)) : undefined;
  if (members !== undefined) carrier[HEADERS.baggage] = members;
}

/**
 * Reads a carrier with lower-case keys by W3C Trace Context and Baggage. Never throws: what is invalid is
 * ignored and leaves the given context as it was.
 */
export function extractTrace(carrier: Readonly<Record<string, unknown>>, ctx: Context = ROOT_CONTEXT): Context {
  const spanContext = readSpanContext(carrier);
  const traced = spanContext === undefined ? ctx : withSpan(ctx, trace.wrapSpanContext(spanContext));
  const baggage = carrier[HEADERS.baggage];
  if (baggage === undefined) return traced;
  const identity = parseBaggage(baggage);
  return Object.keys(identity).length === 0 ? traced : withIdentity(traced, identity);
}

/**
 * The remote span context of a carrier; `undefined` when `traceparent` is missing, repeated or invalid. A broken `tracestate` never
 * invalidates the `traceparent` beside it; without a valid `traceparent` it is not read.
 */
export function readSpanContext(carrier: Readonly<Record<string, unknown>>): SpanContext | undefined {
  const value = carrier[HEADERS.traceparent];
  if (value === undefined) return undefined;
  const parent = parseTraceparent(Array.isArray(value) && value.length === 1 ? value[0] : value);
  if (parent === undefined) return undefined;
  const { traceId, spanId, traceFlags } = parent;
  const traceState = W3cTraceState.from(carrier[HEADERS.tracestate]);
  return traceState === undefined
    ? { traceId, spanId, traceFlags, isRemote: true }
    : { traceId, spanId, traceFlags, isRemote: true, traceState };
}

/** Trace ID of the active span, sampled or not; `undefined` outside every trace. */
export function currentTraceId(ctx: Context = context.active()): string | undefined {
  const spanContext = trace.getSpanContext(ctx);
  return spanContext !== undefined && hasValidIds(spanContext) ? spanContext.traceId : undefined;
}
