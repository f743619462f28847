import {
  type Next,
  type QueryInput,
  type SignalInput,
  type UpdateInput,
  type WorkflowExecuteInput,
  workflowInfo,
  type WorkflowInboundCallsInterceptor,
} from '@temporalio/workflow';
import { HEADERS, MESSAGES, parseTraceparent, SPAN_NAMES, type Traceparent } from '../../semantics/index.js';
import { beginTrace, stepSpanId, type TraceState, traceState } from './trace-state.js';
import { type PayloadHeaders, readTracerData } from './tracer-data.js';

type Inbound<Method extends keyof WorkflowInboundCallsInterceptor> = Next<WorkflowInboundCallsInterceptor, Method>;

/**
 * Spans of what comes into a workflow. Each method returns what `next` gives, untouched and without an `await` of its
 * own, so that the order of commands is the one without it. Update validators are left alone: they may not change
 * anything, and a rejected update leaves no event in the history.
 */
export class WorkflowInboundInterceptor implements WorkflowInboundCallsInterceptor {
  execute(input: WorkflowExecuteInput, next: Inbound<'execute'>): Promise<unknown> {
    const state = beginTrace(input.headers);
    const info = workflowInfo();
    if (state.sampled) {
      state.spans.push({
        ...spanOf(state, 'server'),
        spanId: state.runSpanId,
        ...(state.parentSpanId === undefined ? {} : { parentSpanId: state.parentSpanId }),
        name: SPAN_NAMES.runWorkflow(info.workflowType),
        ...(state.creator === undefined ? {} : { link: state.creator }),
      });
    }
    state.lines.push({
      level: 'INFO',
      message: MESSAGES.workflowStarted,
      spanId: state.runSpanId,
      ...(state.parentSpanId === undefined ? {} : { parentSpanId: state.parentSpanId }),
      extra: { workflow_type: info.workflowType, task_queue: info.taskQueue },
    });
    return next(input);
  }

  handleSignal(input: SignalInput, next: Inbound<'handleSignal'>): Promise<void> {
    const state = traceState();
    // Counted also when unsampled, so that the IDs do not depend on it.
    if (state !== undefined) state.signals += 1;
    recordHandler('signal', state?.signals ?? 0, SPAN_NAMES.handleSignal(input.signalName), input.headers);
    return next(input);
  }

  handleUpdate(input: UpdateInput, next: Inbound<'handleUpdate'>): Promise<unknown> {
    recordHandler('update', input.updateId, SPAN_NAMES.handleUpdate(input.name), input.headers);
    return next(input);
  }

  /** A query leaves no event in the history: nothing is counted or derived for it. */
  handleQuery(input: QueryInput, next: Inbound<'handleQuery'>): Promise<unknown> {
    const state = traceState();
    const sender = senderOf(input.headers);
    if (state !== undefined && sender !== undefined && (sender.traceFlags & 1) === 1) {
      state.spans.push({
        traceId: sender.traceId,
        parentSpanId: sender.spanId,
        name: SPAN_NAMES.handleQuery(input.queryName),
        kind: 'server',
        link: { traceId: state.traceId, spanId: state.runSpanId, traceFlags: state.traceFlags },
      });
    }
    return next(input);
  }
}

/** A handler's span belongs to the workflow's trace, and is linked to the sender, who may be in another one. */
function recordHandler(kind: string, key: number | string, name: string, headers: PayloadHeaders): void {
  const state = traceState();
  if (state === undefined || !state.sampled) return;
  const sender = senderOf(headers);
  state.spans.push({
    ...spanOf(state, 'server'),
    spanId: stepSpanId(kind, key),
    parentSpanId: state.runSpanId,
    name,
    ...(sender === undefined ? {} : { link: sender }),
  });
}

function senderOf(headers: PayloadHeaders): Traceparent | undefined {
  return parseTraceparent(readTracerData(headers)?.[HEADERS.traceparent]);
}

function spanOf(state: TraceState, kind: 'server'): { traceId: string; kind: 'server'; timeMs: number } {
  return {
    traceId: state.traceId,
    kind,
    timeMs: Date.now(),
    ...(state.tracestate === undefined ? {} : { traceState: state.tracestate }),
  };
}
