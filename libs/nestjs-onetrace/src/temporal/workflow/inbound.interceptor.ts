import {
  type Next,
  type QueryInput,
  type SignalInput,
  type UpdateInput,
  type WorkflowExecuteInput,
  type WorkflowInboundCallsInterceptor,
} from '@temporalio/workflow';
import { ATTR, HEADERS, parseTraceparent, SPAN_NAMES, type Traceparent } from '../../semantics/index.js';
import { outcomeOf } from './span-outcome.js';
import { beginTrace, recordSpan, stepSpanId, traceState } from './trace-state.js';
import { type PayloadHeaders, readTracerData } from './tracer-data.js';
import type { SpanAttributes } from './workflow-events.js';
import type { WorkflowTracingSettings } from './workflow-settings.js';

type Inbound<Method extends keyof WorkflowInboundCallsInterceptor> = Next<WorkflowInboundCallsInterceptor, Method>;

/**
 * Spans of what comes into a workflow. Each method returns what `next` gives, untouched and without an `await` of its
 * own, so that the order of commands is the one without it.
 */
export class WorkflowInboundInterceptor implements WorkflowInboundCallsInterceptor {
  constructor(private readonly settings: WorkflowTracingSettings) {}

  execute(input: WorkflowExecuteInput, next: Inbound<'execute'>): Promise<unknown> {
    beginTrace(input.headers, this.settings);
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
    recordHandler('update', input.updateId, SPAN_NAMES.handleUpdate(input.name), input.headers, {
      [ATTR.temporalUpdateId]: input.updateId,
    });
    return next(input);
  }

  /** Only a refusal has a span: it leaves no event in the history, so that nothing is counted or derived for it either. */
  validateUpdate(input: UpdateInput, next: Inbound<'validateUpdate'>): void {
    const state = traceState();
    if (state === undefined) return next(input);
    state.readOnly = true;
    try {
      next(input);
    } catch (refusal) {
      recordReadOnly(SPAN_NAMES.validateUpdate(input.name), input.headers, refusal);
      throw refusal;
    } finally {
      state.readOnly = false;
    }
  }

  /** A query leaves no event in the history: nothing is counted or derived for it. */
  handleQuery(input: QueryInput, next: Inbound<'handleQuery'>): Promise<unknown> {
    const state = traceState();
    // Until the activation ends: the handler may run later than this call.
    if (state !== undefined) state.readOnly = true;
    recordReadOnly(SPAN_NAMES.handleQuery(input.queryName), input.headers);
    return next(input);
  }
}

/** The span of what is in no history belongs to the trace of the sender, without whom there is none. */
function recordReadOnly(name: string, headers: PayloadHeaders, refusal?: unknown): void {
  const state = traceState();
  const sender = senderOf(headers);
  if (state === undefined || sender === undefined || (sender.traceFlags & 1) === 0) return;
  state.spans.push({
    traceId: sender.traceId,
    parentSpanId: sender.spanId,
    name,
    kind: 'server',
    link: { traceId: state.run.traceId, spanId: state.run.spanId, traceFlags: state.traceFlags },
    error: refusal === undefined ? refusal : outcomeOf(refusal).error,
  });
}

/** A handler's span belongs to the workflow's trace, and is linked to the sender, who may be in another one. */
function recordHandler(
  kind: string,
  key: number | string,
  name: string,
  headers: PayloadHeaders,
  attributes?: SpanAttributes,
): void {
  const state = traceState();
  if (state === undefined) return;
  recordSpan(state, {
    spanId: stepSpanId(kind, key),
    parentSpanId: state.run.spanId,
    name,
    kind: 'server',
    attributes,
    link: senderOf(headers),
  });
}

function senderOf(headers: PayloadHeaders): Traceparent | undefined {
  return parseTraceparent(readTracerData(headers)?.[HEADERS.traceparent]);
}
