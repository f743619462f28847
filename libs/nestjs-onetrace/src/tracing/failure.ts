import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';

/** `error.type` of whatever was thrown: the error's code or class name, else the kind of the value. */
export function errorType(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    const { code, name, constructor } = error as { code?: unknown; name?: unknown; constructor?: { name?: unknown } };
    if (typeof code === 'string' && code !== '') return code;
    if (typeof name === 'string' && name !== '') return name;
    if (typeof constructor?.name === 'string' && constructor.name !== '') return constructor.name;
    return 'object';
  }
  return typeof error;
}

/** Text of whatever was thrown, bounded. */
export function errorMessage(error: unknown): string {
  const text =
    typeof error === 'object' && error !== null && typeof (error as { message?: unknown }).message === 'string'
      ? (error as { message: string }).message
      : String(error);
  return text.length > 1024 ? `${text.slice(0, 1023)}…` : text;
}

/** Marks a span as failed: an exception event, status ERROR and `error.type`. Survives every value that can be thrown. */
export function recordFailure(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  try {
    const type = errorType(error);
    const message = errorMessage(error);
    const stack =
      typeof error === 'object' && error !== null && typeof (error as { stack?: unknown }).stack === 'string'
        ? { stack: (error as { stack: string }).stack }
        : {};
    span.recordException({ name: type, message, ...stack });
    span.setAttribute(ATTR.errorType, type);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  } catch {
    // A getter that throws on the user's error: the span still says that it failed.
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
}
