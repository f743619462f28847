import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';
import { countFailure } from './safely.js';
import { errorMessage, errorStack, errorType } from './thrown-value.js';

/**
 * Marks a span as failed: an exception event, status ERROR and `error.type`. Survives every value that can be thrown,
 * reads from it what it can, and never writes to it.
 */
export function recordFailure(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const type = errorType(error);
  const message = errorMessage(error);
  const stack = errorStack(error);
  try {
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    span.setAttribute(ATTR.errorType, type);
    span.recordException({ name: type, message, ...(stack === undefined ? {} : { stack }) });
  } catch (failure) {
    countFailure('recordFailure', failure);
  }
}
