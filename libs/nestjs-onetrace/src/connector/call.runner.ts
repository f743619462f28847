import { context, trace } from '@opentelemetry/api';
import { enclosingWork } from '../context/index.js';
import { componentLogger } from '../logging/index.js';
import { type Circuit, modelMetrics } from '../metrics/index.js';
import { COMPONENTS, MESSAGES, SPAN_EVENTS } from '../semantics/index.js';
import { safely } from '../tracing/index.js';
import { type Attempt, AttemptRunner } from './attempt.runner.js';
import { Bulkhead, NoPlace } from './bulkhead.js';
import { CallDeadline } from './call-deadline.js';
import { CallRecord } from './call.record.js';
import type { CircuitChange } from './circuit.js';
import { type CallPosition, ConnectorErrors } from './connector-error.factory.js';
import type { CallRequest, ConnectorCall, StreamCall } from './connector.call.js';
import type { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { elapsedMs } from './elapsed.js';
import { ExchangeFailure } from './exchange.failure.js';
import type { ModelCallFinder } from './fetch.call.js';
import type { FetchRequest } from './fetch.request.js';
import { FetchRunner } from './fetch.runner.js';
import type { ModelStream } from './model-stream.js';
import { Resilience } from './resilience.js';
import { openStream } from './stream.opener.js';
import { Transport } from './transport.js';

const lines = componentLogger(COMPONENTS.connector);
const CIRCUIT_EVENTS = {
  opened: SPAN_EVENTS.circuitOpened,
  'half-opened': SPAN_EVENTS.circuitHalfOpened,
  closed: SPAN_EVENTS.circuitClosed,
} as const;

/** Runs the logical calls of one connector: attempts, retries, and the end that a call must not outlive. */
export class CallRunner {
  private readonly errors: ConnectorErrors;
  private readonly transport: Transport;
  private readonly resilience: Resilience;
  private readonly attempts: AttemptRunner;
  private readonly fetches: FetchRunner;
  private readonly bulkhead: Bulkhead | undefined;
  private underWay = 0;
  private closing: PromiseWithResolvers<void> | undefined;
  private closed: Promise<void> | undefined;

  constructor(private readonly options: ResolvedConnectorOptions) {
    this.errors = new ConnectorErrors(options);
    this.transport = new Transport(options);
    this.attempts = new AttemptRunner(options, this.transport, this.errors);
    this.resilience = new Resilience(options, (change) => this.sayCircuit(change));
    this.fetches = new FetchRunner(options, this.transport, this.errors, {
      begin: (call) => this.begin(call),
      admit: (call, record, deadline) => this.admit(call, record, deadline),
      withResilience: (call, record, deadline, attempt) => this.withResilience(call, record, deadline, attempt),
    });
    this.bulkhead = options.concurrency && new Bulkhead(options.concurrency);
    if (options.circuitBreaker !== undefined)
      safely('circuit metrics', () => modelMetrics().circuits.watch(this.circuit));
  }

  /** @throws ConnectorError */
  async run<T>(call: ConnectorCall<T>): Promise<T> {
    const record = new CallRecord(this.options, call);
    const deadline = this.begin(call);
    try {
      const waiting = this.admit(call, record, deadline);
      if (waiting !== undefined) await waiting;
      let value: T;
      try {
        value = await this.withResilience(call, record, deadline, (attempt) => this.attempts.run(attempt));
      } catch (error) {
        value = answerOf(call, error as ConnectorError);
      }
      record.completed(safely('connector outcome', () => call.describe(value)));
      return value;
    } catch (error) {
      record.failed(error, undefined, deadline.cancelledBy);
      throw error;
    } finally {
      deadline[Symbol.dispose]();
    }
  }

  /**
   * Resolves with the stream once its first item is there: until then the call is tried again like any other, from then on never.
   *
   * @throws ConnectorError
   */
  async stream<Item>(call: StreamCall<Item>): Promise<ModelStream<Item>> {
    const record = new CallRecord(this.options, call);
    const deadline = this.begin(call);
    try {
      await this.admit(call, record, deadline);
      return await this.withResilience(call, record, deadline, (attempt) =>
        this.attempts.open(attempt, (exchange) => openStream(exchange, call, record, this.options)),
      );
    } catch (error) {
      deadline[Symbol.dispose]();
      record.failed(error, undefined, deadline.cancelledBy);
      throw error;
    }
  }

  /** Answers as `fetch` would: rejects with its errors, and not for a status. */
  async fetch(request: FetchRequest, findModelCall: ModelCallFinder): Promise<Response> {
    return this.fetches.run(request, findModelCall);
  }

  /** Closes the connections after the calls that are under way, streams and waits for a retry included; new ones are refused. */
  async close(): Promise<void> {
    await (this.closed ??= this.closeOnce());
  }

  private async closeOnce(): Promise<void> {
    this.closing = Promise.withResolvers();
    if (this.underWay === 0) this.closing.resolve();
    await this.closing.promise;
    await this.transport.close();
    if (this.options.circuitBreaker !== undefined)
      safely('circuit metrics', () => modelMetrics().circuits.forget(this.circuit));
  }

  private get circuit(): Circuit {
    return { connector: this.options.name, target: this.options.target };
  }

  private begin({ options }: CallRequest): CallDeadline {
    const work = options.detached === true ? undefined : enclosingWork();
    const deadline = new CallDeadline(this.options.timeouts.totalMs, options.signal, work);
    const rest = safely('connector heartbeat', () => work?.stayAlive?.());
    if (rest !== undefined) deadline.whenOver(() => safely('connector heartbeat', rest));
    return deadline;
  }

  /** Nothing where the call needs not wait for its place. @throws ConnectorError where it has none among the others. */
  private admit(call: CallRequest, record: CallRecord, deadline: CallDeadline): Promise<void> | undefined {
    if (this.closing !== undefined)
      throw this.errors.ofExchange(new ExchangeFailure('closed'), this.position(call, 0), deadline);
    this.underWay += 1;
    deadline.whenOver(() => {
      this.underWay -= 1;
      if (this.underWay === 0) this.closing?.resolve();
    });
    if (this.bulkhead === undefined) return undefined;
    const place = this.bulkhead.takeFree();
    if (place === undefined) return this.waitForPlace(this.bulkhead, call, record, deadline);
    deadline.whenOver(place);
    return undefined;
  }

  private async waitForPlace(
    bulkhead: Bulkhead,
    call: CallRequest,
    record: CallRecord,
    deadline: CallDeadline,
  ): Promise<void> {
    const since = performance.now();
    try {
      deadline.whenOver(await bulkhead.wait(deadline));
      record.queued(elapsedMs(since));
    } catch (error) {
      if (!(error instanceof NoPlace)) throw error;
      const position = this.position(call, 0);
      throw error.why === 'full' ? this.errors.queueFull(position) : this.errors.interrupted(deadline, position);
    }
  }

  private withResilience<Call extends CallRequest, T>(
    call: Call,
    record: CallRecord,
    deadline: CallDeadline,
    attempt: (attempt: Attempt<Call>) => Promise<T>,
  ): Promise<T> {
    const position = () => this.position(call, record.attempts);
    return context.with(record.context, () =>
      this.resilience.run<T>({
        idempotent: call.idempotent,
        once: call.once ?? false,
        deadline,
        attempt: (number, planRetry) => {
          record.attempts = number;
          return attempt({
            call,
            deadline,
            parent: record.context,
            position: position(),
            planRetry: (error) => {
              const decision = planRetry(error);
              record.decided(decision, error);
              return decision.delayMs;
            },
          });
        },
        interrupted: (lastFailure) => this.errors.interrupted(deadline, position(), lastFailure),
        circuitOpen: (lastFailure, openMs) => this.errors.circuitOpen(position(), lastFailure, openMs),
      }),
    );
  }

  private position({ method, path, model, idempotent, once }: CallRequest, attempts: number): CallPosition {
    return {
      method,
      path,
      asksModel: model !== undefined,
      attempts,
      maxAttempts: once === true ? undefined : this.options.retry.maxAttempts,
      idempotent,
    };
  }

  private sayCircuit(change: CircuitChange): void {
    const { circuitBreaker } = this.options;
    safely('connector span', () => trace.getActiveSpan()?.addEvent(CIRCUIT_EVENTS[change]));
    safely('circuit metrics', () => modelMetrics().circuits.changed(this.circuit, change));
    if (change === 'half-opened') return;
    const extra = { ...this.circuit };
    if (change === 'closed') lines.info(MESSAGES.circuitClosed, { extra });
    else
      lines.warn(MESSAGES.circuitOpened, { extra: { ...extra, half_open_after_ms: circuitBreaker?.halfOpenAfterMs } });
  }
}

/** @throws the failure, where it is no answer */
function answerOf<T>(call: ConnectorCall<T>, failure: ConnectorError): T {
  const answer = call.answerOf?.(failure);
  if (answer === undefined) throw failure;
  return answer;
}
