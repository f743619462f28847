import type { Tracer } from '@opentelemetry/api';
import type { EndedSpan } from './ended-span.js';
import { PrivateTracer } from './privacy/private.tracer.js';
import { SpanPrivacy } from './privacy/span-privacy.js';

interface SharedState {
  privacy: SpanPrivacy | undefined;
  tracers: WeakMap<Tracer, Tracer>;
}

// Shared by every copy of the library, like the provider whose spans it is about.
const STATE_KEY = Symbol.for('onetrace.tracing.foreign-privacy');
const state = ((globalThis as { [STATE_KEY]?: SharedState })[STATE_KEY] ??= {
  privacy: undefined,
  tracers: new WeakMap(),
});

/** Beside an application's own provider, whose export is not ours, privacy applies where our spans are written. */
export function applyPrivacyAtTheSource(): void {
  state.privacy = new SpanPrivacy();
  state.tracers = new WeakMap();
}

/** Undoes it: with a provider of our own, the export does it. */
export function leavePrivacyToTheExport(): void {
  state.privacy = undefined;
}

/** The tracer that spans of ours are made with. */
export function privateTracer(tracer: Tracer): Tracer {
  const { privacy, tracers } = state;
  if (privacy === undefined) return tracer;
  let known = tracers.get(tracer);
  if (known === undefined) {
    known = new PrivateTracer(tracer, (attributes) => privacy.cleanAttributes(attributes));
    tracers.set(tracer, known);
  }
  return known;
}

/** A span that was measured elsewhere, on its way into another provider's pipeline. */
export function privateSpan(span: EndedSpan): EndedSpan {
  return state.privacy?.clean(span) ?? span;
}
