import type { EndedSpan } from '../ended-span.js';

/** Takes batches of spans to one receiver. Counts what it loses; never rejects, never throws. */
export interface SpanExporter {
  /** Resolves when the receiver has taken the spans, or when they are given up. */
  export(spans: EndedSpan[]): Promise<void>;
  /** From now on nothing is waited for between two attempts: whoever waits tries once more, at once. */
  hurry(): void;
  /** Gives up what is in flight and lets go of every socket. */
  abort(): void;
}

/** Takes spans as they end. */
export interface SpanSink {
  /** Never throws, never waits. */
  onEnd(span: EndedSpan): void;
  /** Hands over what has ended so far; resolves at the latest after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** The last flush; afterwards nothing is left that keeps the process alive. Idempotent. */
  shutdown(timeoutMs: number): Promise<void>;
}
