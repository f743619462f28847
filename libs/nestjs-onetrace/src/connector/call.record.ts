import { type Context, context, type Span, trace } from '@opentelemetry/api';
import { completion, componentLogger, tellsStart } from '../logging/index.js';
import { ATTR, COMPONENTS, MESSAGES, SPAN_EVENTS } from '../semantics/index.js';
import { recordFailure, safely } from '../tracing/index.js';
import type { CallOutcome, CallRequest } from './connector.call.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { endConnectorSpan, startConnectorSpan } from './connector.span.js';
import { elapsedMs } from './elapsed.js';

const lines = componentLogger(COMPONENTS.connector);

/** What one logical call leaves behind: one span and one pair of lines around all attempts. It ends once. */
export class CallRecord {
  /** The context with the call's span. */
  readonly context: Context;
  /** Attempts made so far. */
  attempts = 0;
  private firstItemMs: number | undefined;
  private readonly span: Span;
  private readonly started = performance.now();
  private readonly extra: Readonly<Record<string, unknown>>;

  constructor(options: ResolvedConnectorOptions, call: CallRequest) {
    const { name, target, serverAddress, serverPort } = options;
    const parent = context.active();
    const attributes = {
      ...call.attributes,
      [ATTR.connectorName]: name,
      [ATTR.connectorTarget]: target,
      [ATTR.serverAddress]: serverAddress,
      [ATTR.serverPort]: serverPort,
    };
    this.span = startConnectorSpan(call.spanName, call.spanKind, attributes, parent);
    this.context = trace.setSpan(parent, this.span);
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
    const { attempts } = this;
    const durationMs = elapsedMs(this.started);
    const { level, extra: slow } = completion('modelCalls', durationMs);
    const extra = { ...this.extra, attempts, ...outcome?.extra, ...this.pace(outcome, durationMs), ...more, ...slow };
    this.describe(outcome);
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
    const { attempts } = this;
    this.describe(outcome);
    recordFailure(this.span, error);
    const { code, status } = error as { code?: unknown; status?: unknown };
    const durationMs = elapsedMs(this.started);
    const known = { ...outcome?.extra, ...this.pace(outcome, durationMs) };
    const extra = { ...this.extra, attempts, ...known, error_code: code, status };
    this.say(() => lines.error(MESSAGES.modelCallFailed, { duration_ms: durationMs, error, extra }));
    endConnectorSpan(this.span);
  }

  private describe(outcome: CallOutcome | undefined): void {
    const { firstItemMs } = this;
    const first = firstItemMs === undefined ? {} : { [ATTR.genAiResponseTimeToFirstChunk]: firstItemMs / 1000 };
    const attributes = { ...outcome?.attributes, ...first, [ATTR.connectorAttempts]: this.attempts };
    safely('connector span', () => this.span.setAttributes(attributes));
  }

  /** How fast a streamed answer came. */
  private pace(outcome: CallOutcome | undefined, durationMs: number): Readonly<Record<string, unknown>> {
    const { firstItemMs } = this;
    if (firstItemMs === undefined) return {};
    const tokens = outcome?.extra['output_tokens'];
    const seconds = (durationMs - firstItemMs) / 1000;
    // The first token has come by the time that the others are counted from.
    const rate = typeof tokens === 'number' && tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : undefined;
    return { first_chunk_ms: firstItemMs, tokens_per_second: rate && Math.round(rate * 10) / 10 };
  }

  /** A stream ends wherever its consumer happens to be: its lines are the call's all the same. */
  private say(write: () => void): void {
    context.with(this.context, write);
  }
}
