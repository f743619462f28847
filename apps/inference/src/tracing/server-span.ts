import type { SpanContext } from '@opentelemetry/api';
import type { Answer } from '../answer.js';

/** The span or spans of one request; only `finish` exports them. */
export interface ServerSpan {
  readonly context: SpanContext;
  /** Ends and exports what the real server would export for this answer, which may be nothing. */
  finish(answer: Answer): void;
}
