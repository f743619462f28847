import { circuitBreaker, type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import { ERROR_CODES } from '../semantics/index.js';
import { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';

/** What becomes of the circuit of a target: half-opened, it lets one attempt through to see. */
export type CircuitChange = 'opened' | 'half-opened' | 'closed';

/** Called in the context of the call that has brought it about. */
export type CircuitListener = (change: CircuitChange) => void;

/** The circuit breaker of one target: after failures in a row it is left alone for a while. */
export class Circuit {
  private readonly breaker: CircuitBreakerPolicy;
  private readonly counter: ConsecutiveBreaker;
  private readonly threshold: number;
  private readonly openForMs: number;
  private probesFrom = 0;
  private changes = 0;

  constructor(
    { consecutiveFailures, halfOpenAfterMs }: NonNullable<ResolvedConnectorOptions['circuitBreaker']>,
    onChange: CircuitListener,
  ) {
    this.threshold = consecutiveFailures;
    this.openForMs = halfOpenAfterMs;
    this.counter = new ConsecutiveBreaker(consecutiveFailures);
    this.breaker = circuitBreaker(
      // An attempt that its caller aborted while the circuit is probed has shown nothing: it must not close it.
      handleWhen((error) => isTargetDown(error) || (isAborted(error) && this.isProbing)),
      // cockatiel goes by the clock of the machine, which may be set: by it any time is over, and ours alone counts.
      { breaker: this.counter, halfOpenAfter: -Infinity },
    );
    const changed = (change: CircuitChange): void => {
      this.changes += 1;
      if (change === 'opened') this.probesFrom = performance.now() + this.openForMs;
      onChange(change);
    };
    this.breaker.onBreak(() => changed('opened'));
    this.breaker.onHalfOpen(() => changed('half-opened'));
    this.breaker.onReset(() => changed('closed'));
  }

  get isOpen(): boolean {
    return this.breaker.state === CircuitState.Open;
  }

  /** Whether the circuit is open once this failure, which it has not seen yet, is counted. */
  opensWith(error: ConnectorError): boolean {
    if (this.isOpen) return true;
    return isTargetDown(error) && (this.isProbing || Number(this.counter.state) + 1 >= this.threshold);
  }

  /**
   * @param refused makes the error of a call that is not let through; `openMs` is how long none will be, `undefined` while the target
   *   is probed.
   */
  async run<T>(
    attempt: () => Promise<T>,
    refused: (lastFailure: unknown, openMs: number | undefined) => ConnectorError,
  ): Promise<T> {
    // While one attempt probes the target, cockatiel would let the others wait for it without an end of their own.
    if (this.isProbing) throw refused(this.lastFailure(), undefined);
    if (!this.isOpen) return this.runClosed(attempt);
    const { openMs } = this;
    if (openMs > 0) throw refused(this.lastFailure(), openMs);
    return this.breaker.execute(attempt);
  }

  /** Most attempts succeed while the circuit is closed: cockatiel need only hear of those that fail. */
  private async runClosed<T>(attempt: () => Promise<T>): Promise<T> {
    const { changes } = this;
    try {
      const value = await attempt();
      this.counter.success();
      return value;
    } catch (error) {
      // A failure from before the circuit last changed says nothing about the target as it is now.
      if (changes !== this.changes) throw error;
      return await this.breaker.execute(() => Promise.reject(error as Error));
    }
  }

  /** Whole milliseconds, since a timer would cut off what follows the point and end too early. */
  private get openMs(): number {
    return Math.max(0, Math.ceil(this.probesFrom - performance.now()));
  }

  private get isProbing(): boolean {
    return this.breaker.state === CircuitState.HalfOpen;
  }

  private lastFailure(): unknown {
    const failure = this.breaker.lastFailure;
    return failure !== undefined && 'error' in failure ? failure.error : undefined;
  }
}

/** Failures that say something about the target, not about the request. */
function isTargetDown(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    error.retryable &&
    error.status !== 429 &&
    error.code !== ERROR_CODES.connectorClosed
  );
}

function isAborted(error: unknown): boolean {
  return error instanceof ConnectorError && error.code === ERROR_CODES.connectorAborted;
}
