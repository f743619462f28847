import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import type { Identity as WorkflowIdentity } from '../../context/index.js';
import { WorkflowInboundInterceptor } from './inbound.interceptor.js';
import { WorkflowInternals } from './internals.interceptor.js';
import { WorkflowOutboundInterceptor } from './outbound.interceptor.js';
import { traceState } from './trace-state.js';
import { readSettings } from './workflow-settings.js';

/** What stands behind `?` in the name by which webpack was asked for this module; webpack puts the text here. */
declare const __resourceQuery: string;

/**
 * Tracing inside the workflow isolate. The plugin brings it in; by hand `onetraceWorkflowModule()` of
 * `nestjs-onetrace/temporal` gives the name for `workflowInterceptorModules`, beside the sinks of `onetraceSinks()` on the
 * worker. Settings follow as a query, of which the bundler wants a file before it and not a package.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  const settings = readSettings(resourceQuery());
  return {
    inbound: [new WorkflowInboundInterceptor(settings)],
    outbound: [new WorkflowOutboundInterceptor()],
    internals: [new WorkflowInternals()],
  };
};

/** Trace ID of the current workflow run, sampled or not; `undefined` without the interceptors. The same on replay. */
export function currentTraceId(): string | undefined {
  return traceState()?.run.traceId;
}

/** Who asked for the current workflow run; empty without the interceptors, or where nobody said. The same on replay. */
export function getIdentity(): WorkflowIdentity {
  return { ...traceState()?.identity };
}

// Another bundler than the SDK's own leaves the name as it is.
function resourceQuery(): string {
  try {
    return __resourceQuery;
  } catch {
    return '';
  }
}

export type { WorkflowIdentity };
export { withSpan } from './with-span.js';
export type {
  OnetraceSinks,
  SpanAttributes,
  SpanEvent,
  WorkflowEnd,
  WorkflowError,
  WorkflowEvents,
  WorkflowLine,
  WorkflowRunTrace,
  WorkflowSpan,
} from './workflow-events.js';
