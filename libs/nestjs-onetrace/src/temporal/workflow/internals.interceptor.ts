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
import { recordPatches } from './run-events.js';
import { completionSpan, runSpan } from './run-span.js';
import { isDebugged, stepSpanId, type TraceState, traceState } from './trace-state.js';
import { recordStep } from './traced-headers.js';
import { endOpenSpans, tellOpenSpans } from './with-span.js';
import type { OnetraceSinks } from './workflow-events.js';
import type { WorkflowTracingSettings } from './workflow-settings.js';

/**
 * Hands over what an activation has to tell when its commands are settled: a workflow task that fails on the way hands
 * over nothing, and tells it when it is tried again.
 */
export class WorkflowInternals implements WorkflowInternalsInterceptor {
  private readonly sinks = proxySinks<OnetraceSinks>();

  constructor(private readonly settings: WorkflowTracingSettings) {}

  concludeActivation(
    input: ConcludeActivationInput,
    next: Next<WorkflowInternalsInterceptor, 'concludeActivation'>,
  ): ConcludeActivationOutput {
    const output = next(input);
    const state = traceState();
    if (state === undefined) return output;
    state.readOnly = false;
    recordPatches(state, output.commands);
    recordExternalCancels(state, output.commands);
    const end = findEnd(output.commands);
    if (end === undefined) {
      tellOpenSpans(state);
    } else {
      endOpenSpans(state);
      recordEnd(state, end, this.settings);
    }
    if (state.spans.length > 0 || state.lines.length > 0) {
      const { spans, lines, traceId, identityFields: identity, unreadableHeader } = state;
      state.spans = [];
      state.lines = [];
      const debugged = isDebugged(state.identity);
      this.sinks.onetrace.record({ traceId, identity, debugged, unreadableHeader, spans, lines });
    }
    return output;
  }
}

/** The SDK has no interceptor for them; they carry no headers. */
function recordExternalCancels(state: TraceState, commands: ConcludeActivationInput['commands']): void {
  for (const { requestCancelExternalWorkflowExecution: cancel } of commands) {
    if (!cancel) continue;
    const workflowId = cancel.workflowExecution?.workflowId;
    recordStep(state, {
      kind: 'cancel-external',
      sequence: cancel.seq ?? 0,
      name: SPAN_NAMES.cancelExternalWorkflow,
      attributes: workflowId ? { [ATTR.temporalTargetWorkflowId]: workflowId } : {},
    });
  }
}

function recordEnd(state: TraceState, end: WorkflowEnd, { runWorkflowSpan }: WorkflowTracingSettings): void {
  const info = workflowInfo();
  const timeMs = Date.now();
  const whole = runWorkflowSpan === 'onComplete';
  const spanId = whole ? state.runSpanId : stepSpanId('complete', 0);
  const failed = end.outcome === 'failed';
  if (state.sampled) {
    state.spans.push({
      ...(whole
        ? { ...runSpan(state, info.workflowType), endTimeMs: timeMs }
        : completionSpan(state, info.workflowType, spanId, timeMs)),
      last: true,
      attributes: { [ATTR.temporalOutcome]: end.outcome },
      ...(state.events.length === 0 ? {} : { events: state.events }),
      ...(failed && end.error !== undefined ? { error: end.error } : {}),
    });
  }
  state.lines.push({
    level: failed ? 'ERROR' : 'INFO',
    message: end.error === undefined ? MESSAGES.workflowCompleted : MESSAGES.workflowFailed,
    spanId,
    ...(whole ? {} : { parentSpanId: state.runSpanId }),
    last: true,
    durationMs: Math.max(0, timeMs - info.startTime.getTime()),
    ...(end.error === undefined ? {} : { error: end.error }),
    extra: {
      workflow_type: info.workflowType,
      ...(end.outcome === 'completed' || failed ? {} : { outcome: end.outcome }),
    },
  });
}
