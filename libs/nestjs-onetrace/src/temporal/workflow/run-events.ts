import type { ConcludeActivationInput } from '@temporalio/workflow';
import { ATTR, SPAN_EVENTS } from '../../semantics/index.js';
import type { TraceState } from './trace-state.js';
import type { SpanAttributes, SpanEvent } from './workflow-events.js';

/** Events that one span keeps, as OpenTelemetry's SDKs do; a workflow that polls by a timer must not grow for it. */
const LIMIT = 128;

/** Records a timer on the span that it was started in: one each would drown what a workflow that polls does. */
export function recordTimer(state: TraceState, durationMs: number): void {
  const events = state.active?.getStore()?.events ?? state.events;
  record(events, SPAN_EVENTS.timerStarted, { [ATTR.temporalTimerMs]: durationMs });
}

/** Records the patches among the commands of an activation, for which the SDK has no interceptor. */
export function recordPatches(state: TraceState, commands: ConcludeActivationInput['commands']): void {
  for (const { setPatchMarker } of commands) {
    if (setPatchMarker?.patchId) {
      record(state.events, SPAN_EVENTS.patchApplied, { [ATTR.temporalPatchId]: setPatchMarker.patchId });
    }
  }
}

function record(events: SpanEvent[], name: string, attributes: SpanAttributes): void {
  if (events.length < LIMIT) events.push({ name, timeMs: Date.now(), attributes });
}
