import { setTimeout as wait } from 'node:timers/promises';
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  ExponentialBackoff,
  handleWhen,
  retry,
} from 'cockatiel';
import { ERROR_CODES } from '../semantics/index.js';
import type { CallDeadline } from './call-deadline.js';
import { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';

/** What a call tells about itself, and what is made of what interrupts it between attempts. */
export interface ResilientCall<T> {
  /** Whether the request may be repeated when the server can have begun to work on it. */
  readonly idempotent: boolean;
  /** Whether there is to be one attempt, whatever comes. */
  readonly once: boolean;
  readonly deadline: CallDeadline;
  /** Makes one attempt; `planRetry` says how long is waited before the next one, if there is one. */
  attempt(number: number, planRetry: (error: ConnectorError) => number | undefined): Promise<T>;
  interrupted(lastFailure: ConnectorError | undefined): ConnectorError;
  circuitOpen(lastFailure: unknown): ConnectorError;
}

/** Called when the circuit of a target opens or closes. */
export type CircuitListener = (state: 'opened' | 'closed') => void;

/** Retries and the circuit breaker of one target. */
export class Resilience {
  private readonly breaker: CircuitBreakerPolicy | undefined;

  constructor(
    private readonly options: ResolvedConnectorOptions,
    onCircuit: CircuitListener,
  ) {
    if (options.circuitBreaker === undefined) return;
    const breaker = circuitBreaker(
      // An attempt that its caller aborted while the circuit is probed has shown nothing: it must not close it.
      handleWhen((error) => isTargetDown(error) || (isAborted(error) && breaker.state === CircuitState.HalfOpen)),
      {
        breaker: new ConsecutiveBreaker(options.circuitBreaker.consecutiveFailures),
        halfOpenAfter: options.circuitBreaker.halfOpenAfterMs,
      },
    );
    breaker.onBreak(() => onCircuit('opened'));
    breaker.onReset(() => onCircuit('closed'));
    this.breaker = breaker;
  }

  async run<T>(call: ResilientCall<T>): Promise<T> {
    const plan = new RetryPlan(this.options, call);
    // cockatiel's own wait does not end when the signal aborts, so the wait is made here and its is none.
    const policy = retry(
      handleWhen(() => plan.delayMs !== undefined && this.breaker?.state !== CircuitState.Open),
      { maxAttempts: this.options.retry.maxAttempts - 1, backoff: new ConstantBackoff(0) },
    );
    return policy.execute(async ({ attempt }) => {
      if (plan.delayMs !== undefined) await pause(plan.delayMs, call.deadline.signal);
      plan.delayMs = undefined;
      if (call.deadline.interruption !== undefined) throw call.interrupted(plan.lastFailure);
      return this.throughBreaker(call, () => call.attempt(attempt + 1, (error) => plan.after(error, attempt + 1)));
    });
  }

  private async throughBreaker<T>(call: ResilientCall<T>, attempt: () => Promise<T>): Promise<T> {
    if (this.breaker === undefined) return attempt();
    // While one attempt probes the target, cockatiel would let the others wait for it without an end of their own.
    if (this.breaker.state === CircuitState.HalfOpen) throw call.circuitOpen(this.lastFailure());
    try {
      return await this.breaker.execute(attempt);
    } catch (error) {
      throw error instanceof BrokenCircuitError ? call.circuitOpen(this.lastFailure()) : error;
    }
  }

  private lastFailure(): unknown {
    const failure = this.breaker?.lastFailure;
    return failure !== undefined && 'error' in failure ? failure.error : undefined;
  }
}

/** Decides after each failure whether, and after how long, the call is tried again. */
class RetryPlan {
  delayMs: number | undefined;
  lastFailure: ConnectorError | undefined;
  private backoff;

  constructor(
    private readonly options: ResolvedConnectorOptions,
    private readonly call: Pick<ResilientCall<unknown>, 'idempotent' | 'once' | 'deadline'>,
  ) {
    const { initialDelayMs, maxDelayMs } = options.retry;
    this.backoff = new ExponentialBackoff({ initialDelay: initialDelayMs, maxDelay: maxDelayMs }).next();
  }

  after(error: ConnectorError, attempt: number): number | undefined {
    const { maxAttempts, maxRetryAfterMs } = this.options.retry;
    this.lastFailure = error;
    this.delayMs = undefined;
    if (this.call.once || !this.isRepeatable(error) || attempt >= maxAttempts) return undefined;
    const asked = error.retryAfterMs ?? 0;
    const delay = Math.round(Math.max(asked, this.backoff.duration));
    // Asking again earlier than the server wants is worse than failing: the caller then knows when to come back.
    if (asked > maxRetryAfterMs || delay >= this.call.deadline.remainingMs) return undefined;
    this.backoff = this.backoff.next(undefined);
    this.delayMs = delay;
    return delay;
  }

  private isRepeatable(error: ConnectorError): boolean {
    // A body that broke off may be asked for again by the caller, not silently by us: the work was done.
    if (!error.retryable || error.code === ERROR_CODES.connectorResponse) return false;
    return this.call.idempotent || !error.sent || error.status === 429 || error.status === 503;
  }
}

/** Failures that say something about the target, not about the request. */
function isTargetDown(error: unknown): boolean {
  return error instanceof ConnectorError && error.retryable && error.status !== 429;
}

function isAborted(error: unknown): boolean {
  return error instanceof ConnectorError && error.code === ERROR_CODES.connectorAborted;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch {
    // Aborted: the caller of this looks at the deadline.
  }
}
