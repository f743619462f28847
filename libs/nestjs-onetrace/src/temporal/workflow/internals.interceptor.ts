import {
  type ConcludeActivationInput,
  type ConcludeActivationOutput,
  type Next,
  proxySinks,
  workflowInfo,
  type WorkflowInternalsInterceptor,
} from '@temporalio/workflow';
import { ATTR, MESSAGES, SPAN_NAMES } from '../../semantics/index.js';
import { findEnd, type WorkflowEnd } from './completion.js';
import { stepSpanId, type TraceState, traceState } from './trace-state.js';
import type { OnetraceSinks } from './workflow-events.js';

/**
 * Hands over what an activation has to tell when its commands are settled: a workflow task that fails on the way hands
 * over nothing, and tells it when it is tried again.
 */
export class WorkflowInternals implements WorkflowInternalsInterceptor {
  private readonly sinks = proxySinks<OnetraceSinks>();

  concludeActivation(
    input: ConcludeActivationInput,
    next: Next<WorkflowInternalsInterceptor, 'concludeActivation'>,
  ): ConcludeActivationOutput {
    const output = next(input);
    const state = traceState();
    if (state === undefined) return output;
    const end = findEnd(output.commands);
    if (end !== undefined) recordEnd(state, end);
    if (state.spans.length > 0 || state.lines.length > 0) {
      const { spans, lines, traceId, identity, debugged, unreadableHeader } = state;
      state.spans = [];
      state.lines = [];
      this.sinks.onetrace.record({ traceId, identity, debugged, unreadableHeader, spans, lines });
    }
    return output;
  }
}

function recordEnd(state: TraceState, end: WorkflowEnd): void {
  const info = workflowInfo();
  const timeMs = Date.now();
  const spanId = stepSpanId('complete', 0);
  const failed = end.outcome === 'failed';
  if (state.sampled) {
    state.spans.push({
      traceId: state.traceId,
      spanId,
      parentSpanId: state.runSpanId,
      name: SPAN_NAMES.completeWorkflow(info.workflowType),
      kind: 'internal',
      last: true,
      timeMs,
      ...(state.tracestate === undefined ? {} : { traceState: state.tracestate }),
      attributes: { [ATTR.temporalOutcome]: end.outcome },
      ...(failed && end.error !== undefined ? { error: end.error } : {}),
    });
  }
  state.lines.push({
    level: failed ? 'ERROR' : 'INFO',
    message: end.error === undefined ? MESSAGES.workflowCompleted : MESSAGES.workflowFailed,
    spanId,
    last: true,
    durationMs: Math.max(0, timeMs - info.startTime.getTime()),
    ...(end.error === undefined ? {} : { error: end.error }),
    extra: {
      workflow_type: info.workflowType,
      ...(end.outcome === 'completed' || failed ? {} : { outcome: end.outcome }),
    },
  });
}
