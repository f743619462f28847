import {
  type ActivityInput,
  type ContinueAsNewInput,
  type GetLogAttributesInput,
  type LocalActivityInput,
  type Next,
  type SignalWorkflowInput,
  type StartChildWorkflowExecutionInput,
  type StartNexusOperationInput,
  type StartNexusOperationOutput,
  type TimerInput,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import type { Payload } from '@temporalio/common';
import { ATTR, MESSAGES, SPAN_NAMES } from '../../semantics/index.js';
import { continued, continuedInNewTrace, passOnSearchAttribute } from './next-run.js';
import { recordTimer } from './run-events.js';
import { activeSpanId, carrierOf, type TraceState, traceState } from './trace-state.js';
import { recordStep, tracedHeaders } from './traced-headers.js';
import { withNexusTrace } from './tracer-data.js';

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

  startNexusOperation(
    input: StartNexusOperationInput,
    next: Outbound<'startNexusOperation'>,
  ): Promise<StartNexusOperationOutput> {
    const state = traceState();
    if (state === undefined) return next(input);
    const { endpoint, service, operation } = input;
    const spanId = recordStep(state, {
      kind: 'nexus',
      sequence: input.seq,
      name: SPAN_NAMES.startNexusOperation(service, operation),
      attributes: { [ATTR.nexusEndpoint]: endpoint, [ATTR.nexusService]: service, [ATTR.nexusOperation]: operation },
      line: { message: MESSAGES.nexusOperationRequested },
    });
    return next({ ...input, headers: withNexusTrace(input.headers, carrierOf(state, spanId)) });
  }

  startChildWorkflowExecution(
    input: StartChildWorkflowExecutionInput,
    next: Outbound<'startChildWorkflowExecution'>,
  ): Promise<[Promise<string>, Promise<unknown>]> {
    const state = traceState();
    if (state === undefined) return next(input);
    const { workflowId, parentClosePolicy } = input.options;
    return next({
      ...input,
      headers: tracedHeaders(state, input.headers, {
        kind: 'child',
        sequence: input.seq,
        name: SPAN_NAMES.startChildWorkflow(input.workflowType),
        attributes: {
          ...(workflowId === undefined ? {} : { [ATTR.temporalChildWorkflowId]: workflowId }),
          ...(parentClosePolicy === undefined ? {} : { [ATTR.temporalParentClosePolicy]: String(parentClosePolicy) }),
        },
        line: { message: MESSAGES.childWorkflowRequested },
      }),
      options: passOnSearchAttribute(state, input.options),
    });
  }

  signalWorkflow(input: SignalWorkflowInput, next: Outbound<'signalWorkflow'>): Promise<void> {
    const state = traceState();
    if (state === undefined) return next(input);
    const { seq, signalName, target } = input;
    const addressed =
      target.type === 'child'
        ? {
            name: SPAN_NAMES.signalChildWorkflow(signalName),
            attributes: { [ATTR.temporalChildWorkflowId]: target.childWorkflowId },
          }
        : {
            name: SPAN_NAMES.signalExternalWorkflow(signalName),
            attributes: { [ATTR.temporalTargetWorkflowId]: target.workflowExecution.workflowId ?? '' },
          };
    const step = { kind: 'signal-external', sequence: seq, ...addressed };
    return next({ ...input, headers: tracedHeaders(state, input.headers, step) });
  }

  startTimer(input: TimerInput, next: Outbound<'startTimer'>): Promise<void> {
    const state = traceState();
    if (state !== undefined) recordTimer(state, input.durationMs);
    return next(input);
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
    return next(
      state.settings.continueAsNew === 'newTrace'
        ? continuedInNewTrace(state, input, recordStep(state, step))
        : { ...continued(state, input), headers: tracedHeaders(state, input.headers, step) },
    );
  }

  /** Lines written with the SDK's `log` carry the trace. Metric tags never do: each ID would be a series of its own. */
  getLogAttributes(input: GetLogAttributesInput, next: Outbound<'getLogAttributes'>): Record<string, unknown> {
    const state = traceState();
    if (state === undefined) return next(input);
    return next({ ...input, ...state.run.fields, trace_id: state.run.traceId, span_id: activeSpanId(state) });
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
