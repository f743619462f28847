import {
  type ConcludeActivationInput,
  type ConcludeActivationOutput,
  type Next,
  proxySinks,
  type WorkflowInternalsInterceptor,
} from '@temporalio/workflow';
import { ATTR, SPAN_NAMES } from '../../semantics/index.js';
import { recordPatches } from './run-events.js';
import { stepSpanId, type TraceState, traceState } from './trace-state.js';
import { recordStep } from './traced-headers.js';
import { endOpenSpans, tellOpenSpans } from './with-span.js';
import type { OnetraceSinks, WorkflowEnd } from './workflow-events.js';

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
    state.readOnly = false;
    recordPatches(state, output.commands);
    recordExternalCancels(state, output.commands);
    const end = endOf(state, output.commands);
    if (end === undefined) tellOpenSpans(state);
    else endOpenSpans(state);
    const { run, begins, spans, lines } = state;
    if (begins || end !== undefined || spans.length > 0 || lines.length > 0) {
      state.begins = false;
      state.spans = [];
      state.lines = [];
      this.sinks.onetrace.record({ run, begins, spans, lines, end });
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

/**
 * Reads from the commands of an activation whether and how the run ends. The commands are asked, not the promise of the
 * workflow function: they also know of a failing signal handler, and they do not exist when only the task failed.
 */
function endOf(state: TraceState, commands: ConcludeActivationInput['commands']): WorkflowEnd | undefined {
  const { run, events } = state;
  for (const command of commands) {
    const failed = command.failWorkflowExecution;
    const outcome = command.completeWorkflowExecution
      ? 'completed'
      : command.cancelWorkflowExecution
        ? 'cancelled'
        : command.continueAsNewWorkflowExecution
          ? 'continued as new'
          : failed && 'failed';
    if (!outcome) continue;
    const spanId = run.whole ? run.spanId : stepSpanId('complete', 0);
    return { outcome, failure: failed?.failure, spanId, timeMs: Date.now(), events };
  }
  return undefined;
}
