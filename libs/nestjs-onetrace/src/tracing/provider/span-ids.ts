import type { SpanContext, TraceState } from '@opentelemetry/api';
import { createSpanId } from './id-generator.js';

/** The span context of a new span in a trace. */
export function createSpanContext(
  traceId: string,
  traceFlags: number,
  traceState: TraceState | undefined,
): SpanContext {
  const spanId = createSpanId();
  return traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
}
