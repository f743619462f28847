import { AsyncLocalStorage } from '@temporalio/workflow';
import { ATTR, MESSAGES } from '../../semantics/index.js';
import type { OpenSpan } from './open-span.js';
import { outcomeOf, type SpanOutcome } from './span-outcome.js';
import { recordSpan, stepSpanId, type TraceState, traceState } from './trace-state.js';
import type { SpanAttributes } from './workflow-events.js';

/**
 * Runs a part of a workflow in a span of its own: activities, children and spans that are started inside are its
 * children, also after an `await` and in parallel branches. What the function returns comes back as the very object,
 * so that the span adds no tick between a Promise and whoever awaits it: commands keep their order, and histories from
 * before replay. The price: a rejection that nobody handles at all fails the span, but no longer the workflow task.
 *
 * Without the interceptors, in queries and in validators of updates, the function just runs. What throws inside is the
 * caller's; cancellation and continue-as-new are no errors.
 *
 * @param attributes texts, finite numbers and booleans; anything else is left out.
 */
export function withSpan<Result>(name: string, fn: () => Result, attributes?: SpanAttributes): Result {
  const state = traceState();
  if (state === undefined || state.readOnly) return fn();
  const span = begin(state, typeof name === 'string' && name !== '' ? name : 'span', attributes);
  state.active ??= new AsyncLocalStorage<OpenSpan>();
  let result: Result;
  try {
    result = state.active.run(span, fn);
  } catch (error) {
    end(state, span, outcomeOf(error));
    throw error;
  }
  if (result instanceof Promise) {
    result.then(
      () => end(state, span, {}),
      (error: unknown) => end(state, span, outcomeOf(error)),
    );
  } else {
    end(state, span, {});
  }
  return result;
}

/** Tells of spans that go on beyond the activation: what they started has them as parent, should their end never be told. */
export function tellOpenSpans(state: TraceState): void {
  for (const span of state.open) {
    if (span.told || !state.run.sampled) continue;
    span.told = true;
    state.lines.push({
      message: MESSAGES.workflowSpanStarted,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      extra: { span_name: span.name },
    });
  }
}

/** Ends what the end of the workflow leaves open. */
export function endOpenSpans(state: TraceState): void {
  for (const span of state.open) end(state, span, { outcome: 'unfinished' });
}

function begin(state: TraceState, name: string, attributes: SpanAttributes | undefined): OpenSpan {
  const parent = state.active?.getStore();
  const begun = parent?.begun ?? state.begun;
  const parentSpanId = parent?.spanId ?? state.run.spanId;
  const count = (begun.get(name) ?? 0) + 1;
  begun.set(name, count);
  const span: OpenSpan = {
    // Counted by parent and name, so that branches, and code that comes or goes with a patch, do not move the others' IDs.
    spanId: stepSpanId('span', JSON.stringify([parentSpanId, name, count])),
    parentSpanId,
    name,
    startMs: Date.now(),
    attributes: plain(attributes),
    begun: new Map(),
    events: [],
    told: false,
  };
  state.open.add(span);
  return span;
}

function end(state: TraceState, span: OpenSpan, { outcome, error }: SpanOutcome): void {
  if (!state.open.delete(span)) return;
  const { spanId, parentSpanId, name, startMs, attributes, events } = span;
  recordSpan(state, {
    spanId,
    parentSpanId,
    name,
    kind: 'internal',
    timeMs: startMs,
    endTimeMs: Date.now(),
    attributes: outcome === undefined ? attributes : { ...attributes, [ATTR.temporalOutcome]: outcome },
    events,
    error,
  });
}

// What cannot be cloned would keep everything of the activation from leaving the isolate.
function plain(attributes: SpanAttributes | undefined): SpanAttributes {
  try {
    return Object.fromEntries(
      Object.entries(attributes ?? {}).filter(
        ([, value]) => typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value),
      ),
    );
  } catch {
    return {};
  }
}
