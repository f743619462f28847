import type { EndedSpan } from './ended-span.js';

/** Hears of a span that has ended, as it would leave the process. */
export type SpanTap = (span: EndedSpan) => void;

// Shared by every copy of the library: a test may come as ESM to an application in CommonJS.
const TAPS_KEY = Symbol.for('onetrace.tracing.span-taps');
const taps = ((globalThis as { [TAPS_KEY]?: Set<SpanTap> })[TAPS_KEY] ??= new Set());

/** Lets somebody in this process, such as a test, hear of every exported span; returns how to end that. */
export function tapSpans(tap: SpanTap): () => void {
  taps.add(tap);
  return () => void taps.delete(tap);
}

/** Tells those who listen; `clean` applies privacy, and is not called where nobody does. */
export function tellSpanTaps(span: EndedSpan, clean: (span: EndedSpan) => EndedSpan): void {
  if (taps.size === 0) return;
  const cleaned = clean(span);
  for (const tap of taps) tap(cleaned);
}
