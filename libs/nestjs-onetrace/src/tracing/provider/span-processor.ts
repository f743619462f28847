import type { Context } from '@opentelemetry/api';
import type { EndedSpan } from '../ended-span.js';
import type { RecordedSpan } from './recorded-span.js';

/** Where recorded spans go. What it throws is counted and swallowed. */
export interface SpanProcessor {
  /** Called when a span has started, with the context of its parent. */
  onStart?(span: RecordedSpan, parentContext: Context): void;
  /** Called once with every span that was recorded and sampled, when it has ended. */
  onEnd(span: EndedSpan): void;
  forceFlush?(): Promise<void>;
  shutdown?(): Promise<void>;
}
