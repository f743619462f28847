import { type Attributes, type Context, context, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import { extractTrace } from '../../context/index.js';
import { completion, componentLogger, type LineFields, tellsStart } from '../../logging/index.js';
import { ATTR, MESSAGES, SPAN_NAMES } from '../../semantics/index.js';
import { getTracer, recordFailure, safely } from '../../tracing/index.js';
import { nexusEnding, willRetryNexus } from './nexus-ending.js';

const lines = componentLogger();

/**
 * The SDK's context of a Nexus operation as far as it is read here. Described instead of imported: the types of
 * `nexus-rpc` are not there where only the client is installed.
 */
export interface NexusOperationContext {
  readonly service: string;
  readonly operation: string;
  /** Text headers; the SDK has lower-cased their names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly abortSignal: AbortSignal;
}

/** Input of a Nexus handler as its interceptors see it. */
export interface NexusHandlerInput {
  readonly ctx: NexusOperationContext;
}

/**
 * The span, the lines and the context of one call of a Nexus handler; the caller's trace is active while it runs. The
 * plugin brings it in; by hand it goes into `interceptors.nexus` of the worker:
 * `() => ({ inbound: new OnetraceNexusInboundInterceptor() })`.
 */
export class OnetraceNexusInboundInterceptor {
  startOperation<Input extends NexusHandlerInput, Output>(
    input: Input,
    next: (input: Input) => Promise<Output>,
  ): Promise<Output> {
    const { service, operation } = input.ctx;
    return handled(SPAN_NAMES.runStartNexusOperationHandler(service, operation), input, next);
  }

  cancelOperation<Input extends NexusHandlerInput, Output>(
    input: Input,
    next: (input: Input) => Promise<Output>,
  ): Promise<Output> {
    const { service, operation } = input.ctx;
    return handled(SPAN_NAMES.runCancelNexusOperationHandler(service, operation), input, next);
  }
}

async function handled<Input extends NexusHandlerInput, Output>(
  name: string,
  input: Input,
  next: (input: Input) => Promise<Output>,
): Promise<Output> {
  const opened = safely('temporal.nexus', () => open(name, input.ctx));
  if (opened === undefined) return next(input);
  const { ctx, span, parentSpanId } = opened;
  return context.with(ctx, async () => {
    const startedAt = performance.now();
    const line: LineFields = { extra: { span_name: name } };
    if (tellsStart('activities')) lines.info(MESSAGES.nexusOperationStarted, { ...line, parent_span_id: parentSpanId });
    try {
      const output = await next(input);
      safely('temporal.nexus', () => complete(name, startedAt));
      return output;
    } catch (error) {
      safely('temporal.nexus', () => fail(span, name, startedAt, error, input.ctx));
      throw error;
    } finally {
      safely('temporal.nexus', () => span.end());
    }
  });
}

function open(
  name: string,
  { service, operation, headers }: NexusOperationContext,
): { ctx: Context; span: Span; parentSpanId: string | undefined } {
  const attributes: Attributes = { [ATTR.nexusService]: service, [ATTR.nexusOperation]: operation };
  const parent = extractTrace(headers, ROOT_CONTEXT);
  const span = getTracer().startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  return { ctx: trace.setSpan(parent, span), span, parentSpanId: trace.getSpanContext(parent)?.spanId };
}

function complete(name: string, startedAt: number): void {
  const durationMs = elapsedMs(startedAt);
  const { level, extra } = completion('activities', durationMs);
  lines.log(level, MESSAGES.nexusOperationCompleted, {
    duration_ms: durationMs,
    extra: { span_name: name, ...extra },
  });
}

function fail(
  span: Span,
  name: string,
  startedAt: number,
  error: unknown,
  { abortSignal }: NexusOperationContext,
): void {
  const line = { duration_ms: elapsedMs(startedAt) };
  if (nexusEnding(error, abortSignal) === 'cancelled') {
    span.setAttribute(ATTR.temporalOutcome, 'cancelled');
    const extra = { span_name: name, outcome: 'cancelled' };
    lines.info(MESSAGES.nexusOperationCompleted, { ...line, extra });
    return;
  }
  recordFailure(span, error);
  const retried = willRetryNexus(error);
  lines.log(retried ? 'WARN' : 'ERROR', MESSAGES.nexusOperationFailed, {
    ...line,
    error,
    extra: { span_name: name, will_retry: retried },
  });
}

function elapsedMs(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 1000) / 1000;
}
