import { type Context, context, type Span, trace } from '@opentelemetry/api';
import { completion, componentLogger, tellsStart } from '../logging/index.js';
import { ATTR, COMPONENTS, MESSAGES } from '../semantics/index.js';
import { recordFailure, safely } from '../tracing/index.js';
import { AttemptRunner } from './attempt.runner.js';
import { CallDeadline } from './call-deadline.js';
import { ConnectorErrors } from './connector-error.factory.js';
import type { ConnectorCall } from './connector.call.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { endConnectorSpan, startConnectorSpan } from './connector.span.js';
import { elapsedMs } from './elapsed.js';
import { Resilience } from './resilience.js';
import { Transport } from './transport.js';

const lines = componentLogger(COMPONENTS.connector);

/** Runs the logical calls of one connector: one span and one pair of lines around all attempts. */
export class CallRunner {
  private readonly errors: ConnectorErrors;
  private readonly transport: Transport;
  private readonly resilience: Resilience;
  private readonly attempts: AttemptRunner;

  constructor(private readonly options: ResolvedConnectorOptions) {
    this.errors = new ConnectorErrors(options);
    this.transport = new Transport(options);
    this.attempts = new AttemptRunner(options, this.transport, this.errors);
    this.resilience = new Resilience(options, (state) => this.sayCircuit(state));
  }

  /** @throws ConnectorError */
  async run<T>(call: ConnectorCall<T>): Promise<T> {
    const { name, target, serverAddress, serverPort } = this.options;
    const parent = context.active();
    const attributes = {
      ...call.attributes,
      [ATTR.connectorName]: name,
      [ATTR.connectorTarget]: target,
      [ATTR.serverAddress]: serverAddress,
      [ATTR.serverPort]: serverPort,
    };
    const span = startConnectorSpan(call.spanName, call.spanKind, attributes, parent);
    const active = trace.setSpan(parent, span);
    // Not awaited inside: the span ends in one place, whatever the call does.
    return context.with(active, () => this.observed(call, span, active, parent));
  }

  /** Closes the connections after the calls that are under way. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  private async observed<T>(call: ConnectorCall<T>, span: Span, active: Context, parent: Context): Promise<T> {
    const started = performance.now();
    const extra = { connector: this.options.name, target: this.options.target, model: call.model };
    let attempts = 0;
    if (tellsStart('modelCalls'))
      lines.info(MESSAGES.modelCallStarted, { parent_span_id: trace.getSpanContext(parent)?.spanId, extra });
    try {
      const value = await this.withResilience(call, active, (number) => (attempts = number));
      const outcome = safely('connector outcome', () => call.describe(value));
      safely('connector span', () =>
        span.setAttributes({ ...outcome?.attributes, [ATTR.connectorAttempts]: attempts }),
      );
      const durationMs = elapsedMs(started);
      const { level, extra: slow } = completion('modelCalls', durationMs);
      lines.log(level, MESSAGES.modelCallCompleted, {
        duration_ms: durationMs,
        extra: { ...extra, attempts, ...outcome?.extra, ...slow },
      });
      return value;
    } catch (error) {
      safely('connector span', () => span.setAttribute(ATTR.connectorAttempts, attempts));
      recordFailure(span, error);
      const { code, status } = error as { code?: unknown; status?: unknown };
      lines.error(MESSAGES.modelCallFailed, {
        duration_ms: elapsedMs(started),
        error,
        extra: { ...extra, attempts, error_code: code, status },
      });
      throw error;
    } finally {
      endConnectorSpan(span);
    }
  }

  private async withResilience<T>(
    call: ConnectorCall<T>,
    active: Context,
    count: (attempts: number) => void,
  ): Promise<T> {
    using deadline = new CallDeadline(this.options.timeouts.totalMs, call.options.signal);
    let attempts = 0;
    const position = () => ({ method: call.method, path: call.path, attempts });
    return await this.resilience.run<T>({
      idempotent: call.idempotent,
      deadline,
      attempt: (number, planRetry) => {
        attempts = number;
        count(number);
        return this.attempts.run({ call, deadline, parent: active, position: position(), planRetry });
      },
      interrupted: (lastFailure) => this.errors.interrupted(deadline, position(), lastFailure),
      circuitOpen: (lastFailure) => this.errors.circuitOpen(position(), lastFailure),
    });
  }

  private sayCircuit(state: 'opened' | 'closed'): void {
    const { name, target, circuitBreaker } = this.options;
    const extra = { connector: name, target };
    if (state === 'closed') lines.info(MESSAGES.circuitClosed, { extra });
    else
      lines.warn(MESSAGES.circuitOpened, { extra: { ...extra, half_open_after_ms: circuitBreaker?.halfOpenAfterMs } });
  }
}
