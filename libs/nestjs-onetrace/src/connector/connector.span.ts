import {
  type Attributes,
  type Context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
  type SpanKind,
  trace,
} from '@opentelemetry/api';
import { ATTR, COMPONENTS, ERROR_CODES } from '../semantics/index.js';
import { getTracer, safely } from '../tracing/index.js';

/** Starts a span of the component `connector`. A tracer that fails costs the span, never the call. */
export function startConnectorSpan(name: string, kind: SpanKind, attributes: Attributes, parent: Context): Span {
  const options = { kind, attributes: { ...attributes, [ATTR.component]: COMPONENTS.connector } };
  return (
    safely('connector span', () => getTracer().startSpan(name, options, parent)) ??
    trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT)
  );
}

/** Span ID of the span of a context; `undefined` where there is none, as without a tracer provider. */
export function spanIdOf(ctx: Context): string | undefined {
  const spanContext = trace.getSpanContext(ctx);
  return spanContext !== undefined && isSpanContextValid(spanContext) ? spanContext.spanId : undefined;
}

/** Ends a span; an exporter that fails in there does not reach the call. */
export function endConnectorSpan(span: Span): void {
  safely('connector span end', () => span.end());
}

/** Says on a span that its work was given up, which is no failure of it. */
export function markCancelled(span: Span): void {
  safely('connector span', () => span.setAttribute(ATTR.errorType, ERROR_CODES.connectorAborted));
}
