import { SPAN_NAMES } from '../../semantics/index.js';
import type { TraceState } from './trace-state.js';
import type { WorkflowSpan } from './workflow-events.js';

/** The span of a run of a workflow: a moment at its beginning, unless it is given an end. */
export function runSpan(state: TraceState, workflowType: string): WorkflowSpan {
  return {
    traceId: state.traceId,
    spanId: state.runSpanId,
    ...(state.parentSpanId === undefined ? {} : { parentSpanId: state.parentSpanId }),
    name: SPAN_NAMES.runWorkflow(workflowType),
    kind: 'server',
    timeMs: state.startMs,
    ...(state.tracestate === undefined ? {} : { traceState: state.tracestate }),
    ...(state.creator === undefined ? {} : { link: state.creator }),
  };
}

/** The span that tells how a run ended, where the one of the run told only that it began. */
export function completionSpan(state: TraceState, workflowType: string, spanId: string, timeMs: number): WorkflowSpan {
  return {
    traceId: state.traceId,
    spanId,
    parentSpanId: state.runSpanId,
    name: SPAN_NAMES.completeWorkflow(workflowType),
    kind: 'internal',
    timeMs,
    ...(state.tracestate === undefined ? {} : { traceState: state.tracestate }),
  };
}
