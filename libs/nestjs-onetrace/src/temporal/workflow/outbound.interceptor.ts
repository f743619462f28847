import {
  type ActivityInput,
  type ContinueAsNewInput,
  type GetLogAttributesInput,
  type LocalActivityInput,
  type Next,
  type SignalWorkflowInput,
  type StartChildWorkflowExecutionInput,
  workflowInfo,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import type { Payload } from '@temporalio/common';
import { ATTR, MESSAGES, SPAN_NAMES } from '../../semantics/index.js';
import { carriedAttributeName, type SearchableOptions, withSearchAttribute } from './search-attribute.js';
import { type TraceState, traceState } from './trace-state.js';
import { tracedHeaders } from './traced-headers.js';

type Outbound<Method extends keyof WorkflowOutboundCallsInterceptor> = Next<WorkflowOutboundCallsInterceptor, Method>;

/**
 * Spans and headers of what a workflow asks for. Each span is a moment, exported with its workflow task: whatever
 * becomes of the call, or of the workflow, the other side never lacks its parent. The promise of the call is returned
 * as it is: a reaction to it would hide an unhandled rejection from the SDK.
 */
export class WorkflowOutboundInterceptor implements WorkflowOutboundCallsInterceptor {
  scheduleActivity(input: ActivityInput, next: Outbound<'scheduleActivity'>): Promise<unknown> {
    const state = traceState();
    return next(state === undefined ? input : { ...input, headers: activityHeaders(state, input) });
  }

  scheduleLocalActivity(input: LocalActivityInput, next: Outbound<'scheduleLocalActivity'>): Promise<unknown> {
    const state = traceState();
    return next(state === undefined ? input : { ...input, headers: activityHeaders(state, input) });
  }

  startChildWorkflowExecution(
    input: StartChildWorkflowExecutionInput,
    next: Outbound<'startChildWorkflowExecution'>,
  ): Promise<[Promise<string>, Promise<unknown>]> {
    const state = traceState();
    if (state === undefined) return next(input);
    const { workflowId } = input.options;
    return next({
      ...input,
      headers: tracedHeaders(state, input.headers, {
        kind: 'child',
        sequence: input.seq,
        name: SPAN_NAMES.startChildWorkflow(input.workflowType),
        attributes: workflowId === undefined ? {} : { [ATTR.temporalChildWorkflowId]: workflowId },
        line: { message: MESSAGES.childWorkflowRequested },
      }),
      options: passOnSearchAttribute(state, input.options),
    });
  }

  signalWorkflow(input: SignalWorkflowInput, next: Outbound<'signalWorkflow'>): Promise<void> {
    const state = traceState();
    if (state === undefined) return next(input);
    const name = SPAN_NAMES.signalExternalWorkflow(input.signalName);
    const step = { kind: 'signal-external', sequence: input.seq, name };
    return next({ ...input, headers: tracedHeaders(state, input.headers, step) });
  }

  continueAsNew(input: ContinueAsNewInput, next: Outbound<'continueAsNew'>): Promise<never> {
    const state = traceState();
    if (state === undefined) return next(input);
    const step = {
      kind: 'continue-as-new',
      sequence: 0,
      name: SPAN_NAMES.continueAsNew(input.options.workflowType),
      line: { message: MESSAGES.nextRunRequested },
    };
    // Without attributes of its own the next run inherits all of this one's, ours among them.
    const replaces = input.options.searchAttributes !== undefined || input.options.typedSearchAttributes !== undefined;
    return next({
      ...input,
      headers: tracedHeaders(state, input.headers, step),
      options: replaces ? passOnSearchAttribute(state, input.options) : input.options,
    });
  }

  /** Lines written with the SDK's `log` carry the trace. Metric tags never do: each ID would be a series of its own. */
  getLogAttributes(input: GetLogAttributesInput, next: Outbound<'getLogAttributes'>): Record<string, unknown> {
    const state = traceState();
    return next(state === undefined ? input : { ...input, ...state.logFields });
  }
}

function activityHeaders(state: TraceState, input: ActivityInput | LocalActivityInput): Record<string, Payload> {
  return tracedHeaders(state, input.headers, {
    kind: 'activity',
    sequence: input.seq,
    name: SPAN_NAMES.startActivity(input.activityType),
    attributes: { [ATTR.temporalActivityType]: input.activityType },
    line: { message: MESSAGES.activityRequested, activity: input.activityType },
  });
}

function passOnSearchAttribute<Options extends SearchableOptions>(state: TraceState, options: Options): Options {
  const name = carriedAttributeName(workflowInfo().typedSearchAttributes, state.traceId);
  return name === undefined ? options : withSearchAttribute(options, name, state.traceId);
}
