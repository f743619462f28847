import type { SpanAttributes, SpanEvent } from './workflow-events.js';

/** A span of the workflow's own code that has not ended. */
export interface OpenSpan {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly startMs: number;
  readonly attributes: SpanAttributes;
  /** How many spans of a name began directly under this one. */
  readonly begun: Map<string, number>;
  readonly events: SpanEvent[];
  /** Whether a line has told that it began. */
  told: boolean;
}

/** Which span is active; what of `AsyncLocalStorage` is used. */
export interface ActiveSpan {
  getStore(): OpenSpan | undefined;
  run<Result>(span: OpenSpan, fn: () => Result): Result;
}
