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
import { ATTR, SPAN_NAMES } from '../../semantics/index.js';
import { carriedAttributeName, type SearchableOptions, withSearchAttribute } from './search-attribute.js';
import { carrierOf, stepSpanId, type TraceState, traceState } from './trace-state.js';
import { type PayloadHeaders, withTracerData } from './tracer-data.js';

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
    const name = SPAN_NAMES.startChildWorkflow(input.workflowType);
    const attributes =
      input.options.workflowId === undefined ? {} : { [ATTR.temporalChildWorkflowId]: input.options.workflowId };
    return next({
      ...input,
      headers: tracedHeaders(state, input.headers, 'child', input.seq, name, attributes),
      options: passOnSearchAttribute(state, input.options),
    });
  }

  signalWorkflow(input: SignalWorkflowInput, next: Outbound<'signalWorkflow'>): Promise<void> {
    const state = traceState();
    if (state === undefined) return next(input);
    const name = SPAN_NAMES.signalExternalWorkflow(input.signalName);
    return next({ ...input, headers: tracedHeaders(state, input.headers, 'signal-external', input.seq, name) });
  }

  continueAsNew(input: ContinueAsNewInput, next: Outbound<'continueAsNew'>): Promise<never> {
    const state = traceState();
    if (state === undefined) return next(input);
    const name = SPAN_NAMES.continueAsNew(input.options.workflowType);
    // Without attributes of its own the next run inherits all of this one's, ours among them.
    const replaces = input.options.searchAttributes !== undefined || input.options.typedSearchAttributes !== undefined;
    return next({
      ...input,
      headers: tracedHeaders(state, input.headers, 'continue-as-new', 0, name),
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
  const name = SPAN_NAMES.startActivity(input.activityType);
  return tracedHeaders(state, input.headers, 'activity', input.seq, name, {
    [ATTR.temporalActivityType]: input.activityType,
  });
}

/** Records the span of a call out of the workflow and gives the headers that make it the parent of the other side. */
function tracedHeaders(
  state: TraceState,
  headers: PayloadHeaders,
  kind: string,
  sequence: number,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
): Record<string, Payload> {
  const spanId = stepSpanId(kind, sequence);
  if (state.sampled) {
    state.spans.push({
      traceId: state.traceId,
      spanId,
      parentSpanId: state.runSpanId,
      name,
      kind: 'client',
      timeMs: Date.now(),
      ...(state.tracestate === undefined ? {} : { traceState: state.tracestate }),
      attributes,
    });
  }
  return withTracerData(headers, carrierOf(state, spanId));
}

function passOnSearchAttribute<Options extends SearchableOptions>(state: TraceState, options: Options): Options {
  const name = carriedAttributeName(workflowInfo().typedSearchAttributes, state.traceId);
  return name === undefined ? options : withSearchAttribute(options, name, state.traceId);
}
