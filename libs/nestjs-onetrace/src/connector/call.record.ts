import { type Attributes, type Context, context, type Span } from '@opentelemetry/api';
import { withSpan } from '../context/index.js';
import { completion, componentLogger, LINE_CONTEXT, LINE_MAY_WAIT, tellsStart } from '../logging/index.js';
import { ATTR, COMPONENTS, MESSAGES, SPAN_EVENTS } from '../semantics/index.js';
import { recordFailure, safely } from '../tracing/index.js';
import { type Canceller, isWithItsWork } from './call-deadline.js';
import { type CallEnd, CallMeasurement } from './call.measurement.js';
import type { CallOutcome, CallRequest } from './connector.call.js';
import type { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { endConnectorSpan, markCancelled, spanIdOf, startConnectorSpan } from './connector.span.js';
import { elapsedMs } from './elapsed.js';
import { inConventions } from './gen-ai-conventions.js';
import type { RetryDecision } from './retry.plan.js';

const lines = componentLogger(COMPONENTS.connector);

/** What one logical call leaves behind: one span and one pair of lines around all attempts. It ends once. */
export class CallRecord {
  /** The context with the call's span. A stream ends wherever its consumer happens to be: its lines are the call's all the same. */
  readonly context: Context;
  /** Attempts made so far. */
  attempts = 0;
  private firstItemMs: number | undefined;
  private readonly span: Span;
  private readonly measurement: CallMeasurement;
  private readonly started = performance.now();
  private extra: Readonly<Record<string, unknown>>;

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
    this.context = withSpan(parent, this.span);
    this.captureContent(call);
    this.measurement = new CallMeasurement(options, call, parent);
    this.extra = { connector: name, target, model: call.model };
    if (!tellsStart('modelCalls')) return;
    // It goes out with those of the first attempt.
    lines.info(MESSAGES.modelCallStarted, {
      [LINE_CONTEXT]: this.context,
      [LINE_MAY_WAIT]: true,
      parent_span_id: spanIdOf(parent),
      extra: this.extra,
    });
  }

  /** How long the call waited for its place among the others, in milliseconds. */
  queued(ms: number): void {
    this.extra = { ...this.extra, queued_ms: ms };
  }

  /** What follows a failed attempt. */
  decided({ delayMs, obstacle }: RetryDecision, error: ConnectorError): void {
    const reason = error.status === undefined ? error.code : String(error.status);
    if (delayMs !== undefined)
      this.event(SPAN_EVENTS.retryScheduled, {
        [ATTR.retryAttempt]: this.attempts + 1,
        [ATTR.retryWaitMs]: delayMs,
        [ATTR.retryReason]: reason,
      });
    if (obstacle !== undefined)
      this.event(SPAN_EVENTS.retryGivenUp, { [ATTR.retryObstacle]: obstacle, [ATTR.retryReason]: reason });
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
    lines.log(level, MESSAGES.modelCallCompleted, {
      [LINE_CONTEXT]: this.context,
      [LINE_MAY_WAIT]: level === 'INFO',
      duration_ms: durationMs,
      extra,
    });
    endConnectorSpan(this.span);
  }

  /** The consumer of a stream wanted no more of it: no failure. */
  stopped(outcome: CallOutcome | undefined): void {
    this.event(SPAN_EVENTS.streamStopped);
    this.completed(outcome, { stopped: true });
  }

  /**
   * @param outcome what was known of the answer before it failed.
   * @param cancelledBy who gave the call up, if somebody did.
   */
  failed(error: unknown, outcome: CallOutcome | undefined, cancelledBy: Canceller | undefined): void {
    const durationMs = elapsedMs(this.started);
    if (cancelledBy !== undefined) this.event(SPAN_EVENTS.callCancelled, { [ATTR.cancelledBy]: cancelledBy });
    const measured = this.measure({ durationMs, outcome, error });
    const { code, status } = error as { code?: unknown; status?: unknown };
    const failed = { error_code: code, status, cancelled_by: cancelledBy };
    const extra = { ...this.extra, attempts: this.attempts, ...measured.extra, ...failed };
    if (isWithItsWork(cancelledBy)) {
      markCancelled(this.span);
      lines.info(MESSAGES.modelCallCancelled, { [LINE_CONTEXT]: this.context, duration_ms: durationMs, extra });
    } else {
      recordFailure(this.span, error);
      // Whoever gives a call up by a signal gets an error, and knows what it is worth.
      const level = cancelledBy === undefined ? 'ERROR' : 'WARN';
      const fields = { [LINE_CONTEXT]: this.context, duration_ms: durationMs, error, extra };
      lines.log(level, MESSAGES.modelCallFailed, fields);
    }
    endConnectorSpan(this.span);
  }

  private event(name: string, attributes: Attributes = {}): void {
    safely('connector span', () => this.span.addEvent(name, attributes));
  }

  private measure(end: Omit<CallEnd, 'firstItemMs'>): CallOutcome {
    const measured = this.measurement.end({ ...end, firstItemMs: this.firstItemMs });
    const attributes = { ...measured.attributes, [ATTR.connectorAttempts]: this.attempts };
    safely('connector span', () => this.span.setAttributes(attributes));
    this.captureContent(end.outcome);
    return measured;
  }

  private captureContent(part: Pick<CallOutcome, 'content'> | undefined): void {
    const content = part?.content;
    if (content !== undefined && this.span.isRecording())
      safely('content capture', () => this.span.setAttributes(content()));
  }
}
