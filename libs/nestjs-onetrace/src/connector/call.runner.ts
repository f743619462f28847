import { context } from '@opentelemetry/api';
import { componentLogger } from '../logging/index.js';
import { type Circuit, modelMetrics } from '../metrics/index.js';
import { COMPONENTS, MESSAGES } from '../semantics/index.js';
import { safely } from '../tracing/index.js';
import { type Attempt, AttemptRunner } from './attempt.runner.js';
import { CallDeadline } from './call-deadline.js';
import { CallRecord } from './call.record.js';
import { ConnectorErrors } from './connector-error.factory.js';
import type { CallRequest, ConnectorCall, StreamCall } from './connector.call.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import type { ModelStream } from './model-stream.js';
import { Resilience } from './resilience.js';
import { openStream } from './stream.opener.js';
import { Transport } from './transport.js';

const lines = componentLogger(COMPONENTS.connector);

/** Runs the logical calls of one connector: attempts, retries, and the end that a call must not outlive. */
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
    if (options.circuitBreaker !== undefined)
      safely('circuit metrics', () => modelMetrics().circuits.watch(this.circuit));
  }

  /** @throws ConnectorError */
  async run<T>(call: ConnectorCall<T>): Promise<T> {
    const record = new CallRecord(this.options, call);
    using deadline = new CallDeadline(this.options.timeouts.totalMs, call.options.signal);
    try {
      const value = await this.withResilience(call, record, deadline, (attempt) => this.attempts.run(attempt));
      record.completed(safely('connector outcome', () => call.describe(value)));
      return value;
    } catch (error) {
      record.failed(error);
      throw error;
    }
  }

  /**
   * Resolves with the stream once its first item is there: until then the call is tried again like any other, from then on never.
   *
   * @throws ConnectorError
   */
  async stream<Item>(call: StreamCall<Item>): Promise<ModelStream<Item>> {
    const record = new CallRecord(this.options, call);
    const deadline = new CallDeadline(this.options.timeouts.totalMs, call.options.signal);
    try {
      return await this.withResilience(call, record, deadline, (attempt) =>
        this.attempts.open(attempt, (exchange) => openStream(exchange, call, record, this.options)),
      );
    } catch (error) {
      deadline[Symbol.dispose]();
      record.failed(error);
      throw error;
    }
  }

  /** Closes the connections after the calls that are under way. */
  async close(): Promise<void> {
    await this.transport.close();
    safely('circuit metrics', () => modelMetrics().circuits.forget(this.circuit));
  }

  private get circuit(): Circuit {
    return { connector: this.options.name, target: this.options.target };
  }

  private async withResilience<Call extends CallRequest, T>(
    call: Call,
    record: CallRecord,
    deadline: CallDeadline,
    attempt: (attempt: Attempt<Call>) => Promise<T>,
  ): Promise<T> {
    const position = () => ({ method: call.method, path: call.path, attempts: record.attempts });
    return await context.with(record.context, () =>
      this.resilience.run<T>({
        idempotent: call.idempotent,
        once: call.once ?? false,
        deadline,
        attempt: (number, planRetry) => {
          record.attempts = number;
          return attempt({ call, deadline, parent: record.context, position: position(), planRetry });
        },
        interrupted: (lastFailure) => this.errors.interrupted(deadline, position(), lastFailure),
        circuitOpen: (lastFailure) => this.errors.circuitOpen(position(), lastFailure),
      }),
    );
  }

  private sayCircuit(state: 'opened' | 'closed'): void {
    const { circuitBreaker } = this.options;
    const extra = { ...this.circuit };
    safely('circuit metrics', () => modelMetrics().circuits.changed(this.circuit, state));
    if (state === 'closed') lines.info(MESSAGES.circuitClosed, { extra });
    else
      lines.warn(MESSAGES.circuitOpened, { extra: { ...extra, half_open_after_ms: circuitBreaker?.halfOpenAfterMs } });
  }
}
