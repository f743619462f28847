import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { WorkflowInboundInterceptor } from './inbound.interceptor.js';
import { WorkflowInternals } from './internals.interceptor.js';
import { WorkflowOutboundInterceptor } from './outbound.interceptor.js';
import { traceState } from './trace-state.js';

/**
 * Tracing inside the workflow isolate. The plugin brings it in; by hand it is named in `workflowInterceptorModules`,
 * together with the sinks of `onetraceSinks()` on the worker.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [new WorkflowInboundInterceptor()],
  outbound: [new WorkflowOutboundInterceptor()],
  internals: [new WorkflowInternals()],
});

/** Trace ID of the current workflow run, sampled or not; `undefined` without the interceptors. The same on replay. */
export function currentTraceId(): string | undefined {
  return traceState()?.traceId;
}

export type { OnetraceSinks, WorkflowError, WorkflowEvents, WorkflowLine, WorkflowSpan } from './workflow-events.js';
