import { type Context, context, type Span, trace } from '@opentelemetry/api';
import { completion, componentLogger, tellsStart } from '../logging/index.js';
import { ATTR, COMPONENTS, MESSAGES, SPAN_EVENTS } from '../semantics/index.js';
import { recordFailure, safely } from '../tracing/index.js';
import { type CallEnd, CallMeasurement } from './call.measurement.js';
import type { CallOutcome, CallRequest } from './connector.call.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { endConnectorSpan, startConnectorSpan } from './connector.span.js';
import { elapsedMs } from './elapsed.js';
import { inConventions } from './gen-ai-conventions.js';

const lines = componentLogger(COMPONENTS.connector);

/** What one logical call leaves behind: one span and one pair of lines around all attempts. It ends once. */
export class CallRecord {
  /** The context with the call's span. */
  readonly context: Context;
  /** Attempts made so far. */
  attempts = 0;
  private firstItemMs: number | undefined;
  private readonly span: Span;
  private readonly measurement: CallMeasurement;
  private readonly started = performance.now();
  private readonly extra: Readonly<Record<string, unknown>>;

  constructor(options: ResolvedConnectorOptions, call: CallRequest) {
    const { name, target, serverAddress, serverPort } = options;
    const parent = context.active();
    const attributes = {
      ...inConventions(options.conventions, call.attributes),
      [ATTR.connectorName]: name,
      [ATTR.connectorTarget]: target,
      [ATTR.serverAddress]: serverAddress,
      [ATTR.serverPort]: serverPort,
    };
    this.span = startConnectorSpan(call.spanName, call.spanKind, attributes, parent);
    this.context = trace.setSpan(parent, this.span);
    this.measurement = new CallMeasurement(options, call, parent);
    this.extra = { connector: name, target, model: call.model };
    if (!tellsStart('modelCalls')) return;
    const fields = { parent_span_id: trace.getSpanContext(parent)?.spanId, extra: this.extra };
    this.say(() => lines.info(MESSAGES.modelCallStarted, fields));
  }

  /** The first item of a streamed answer is there. */
  firstItem(): void {
    this.firstItemMs = elapsedMs(this.started);
  }

  completed(outcome: CallOutcome | undefined, more: Readonly<Record<string, unknown>> = {}): void {
    const durationMs = elapsedMs(this.started);
    const { level, extra: slow } = completion('modelCalls', durationMs);
    const measured = this.measure({ durationMs, outcome, stopped: more['stopped'] === true });
    const extra = { ...this.extra, attempts: this.attempts, ...measured.extra, ...more, ...slow };
    this.say(() => lines.log(level, MESSAGES.modelCallCompleted, { duration_ms: durationMs, extra }));
    endConnectorSpan(this.span);
  }

  /** The consumer of a stream wanted no more of it: no failure. */
  stopped(outcome: CallOutcome | undefined): void {
    safely('connector span', () => this.span.addEvent(SPAN_EVENTS.streamStopped));
    this.completed(outcome, { stopped: true });
  }

  /** @param outcome what was known of the answer before it failed. */
  failed(error: unknown, outcome?: CallOutcome): void {
    const durationMs = elapsedMs(this.started);
    const measured = this.measure({ durationMs, outcome, error });
    recordFailure(this.span, error);
    const { code, status } = error as { code?: unknown; status?: unknown };
    const extra = { ...this.extra, attempts: this.attempts, ...measured.extra, error_code: code, status };
    this.say(() => lines.error(MESSAGES.modelCallFailed, { duration_ms: durationMs, error, extra }));
    endConnectorSpan(this.span);
  }

  private measure(end: Omit<CallEnd, 'firstItemMs'>): CallOutcome {
    const measured = this.measurement.end({ ...end, firstItemMs: this.firstItemMs });
    const attributes = { ...measured.attributes, [ATTR.connectorAttempts]: this.attempts };
    safely('connector span', () => this.span.setAttributes(attributes));
    return measured;
  }

  /** A stream ends wherever its consumer happens to be: its lines are the call's all the same. */
  private say(write: () => void): void {
    context.with(this.context, write);
  }
}
