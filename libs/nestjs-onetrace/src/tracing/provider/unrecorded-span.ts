import { type Span, TraceFlags } from '@opentelemetry/api';
import { createTraceId } from './id-generator.js';
import { UnsampledSpan } from './unsampled-span.js';

/** The first span of a trace that nobody records: its ID is for lines, answers and calls. */
export function unrecordedSpan(): Span {
  return new UnsampledSpan(createTraceId(), TraceFlags.NONE, undefined);
}
