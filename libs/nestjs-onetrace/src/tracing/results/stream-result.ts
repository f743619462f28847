import { errorMonitor } from 'node:events';
import { Readable } from 'node:stream';
import type { Span } from '@opentelemetry/api';
import { endAbandoned, endCompleted, endWithError, type SpanCall } from './span-call.js';

// A stream that is handed back again and again (a socket kept in a field) is no new work, and must not collect listeners.
const followed = new WeakSet<Readable>();

/** Whether a value is a stream that is still to be read, and not followed yet. */
export function isUnreadStream(value: object): value is Readable {
  return value instanceof Readable && value.readable && !followed.has(value);
}

/**
 * Ends the span when a stream was read to its end, failed or was destroyed. Listening neither starts the stream nor counts as
 * handling its errors.
 */
export function followStream(stream: Readable, span: Span, call: SpanCall): Readable {
  if (!span.isRecording()) return stream;
  followed.add(stream);
  const onEnd = (): void => stop(() => endCompleted(span, call, 'Readable'));
  const onError = (error: unknown): void => stop(() => endWithError(span, call, error));
  const onClose = (): void => stop(() => endAbandoned(span));
  const stop = (end: () => void): void => {
    stream.off('end', onEnd).off(errorMonitor, onError).off('close', onClose);
    end();
  };
  return stream.on('end', onEnd).on(errorMonitor, onError).on('close', onClose);
}
