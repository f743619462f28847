import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import type { CallDeadline } from './call-deadline.js';
import type { Circuit } from './circuit.js';
import type { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { isRepeatable } from './repeatable-failure.js';
import type { RetryBudget } from './retry.budget.js';

/** Why a failure that could be mended by another attempt is not followed by one, although attempts are left. */
export type RetryObstacle = 'circuit open' | 'retry budget used up' | 'Retry-After too long' | 'not enough time left';

/** What follows a failed attempt. Without either member nothing would have helped, or it was the last attempt. */
export interface RetryDecision {
  /** Wait before the next attempt, in milliseconds. */
  readonly delayMs?: number;
  readonly obstacle?: RetryObstacle;
}

/** What a call tells about itself. */
export interface RetriedCall {
  /** Whether the request may be repeated when the server can have begun to work on it. */
  readonly idempotent: boolean;
  /** Whether there is to be one attempt, whatever comes. */
  readonly once: boolean;
  readonly deadline: CallDeadline;
}

/** Decides after each failure of a call whether, and after how long, it is tried again. */
export class RetryPlan {
  delayMs: number | undefined;
  lastFailure: ConnectorError | undefined;
  private backoff: IBackoff<unknown> | undefined;

  constructor(
    private readonly options: ResolvedConnectorOptions['retry'],
    private readonly call: RetriedCall,
    private readonly circuit: Circuit | undefined,
    private readonly budget: RetryBudget | undefined,
  ) {}

  after(error: ConnectorError, attempt: number): RetryDecision {
    this.lastFailure = error;
    this.delayMs = undefined;
    const { once, idempotent } = this.call;
    if (once || !isRepeatable(error, idempotent) || attempt >= this.options.maxAttempts) return {};
    const asked = error.retryAfterMs ?? 0;
    const backoff = this.backoff?.next(undefined) ?? this.firstBackoff();
    const delayMs = Math.round(Math.max(asked, backoff.duration));
    if (this.circuit?.opensWith(error)) return { obstacle: 'circuit open' };
    // Asking again earlier than the server wants is worse than failing: the caller then knows when to come back.
    if (asked > this.options.maxRetryAfterMs) return { obstacle: 'Retry-After too long' };
    if (delayMs >= this.call.deadline.remainingMs) return { obstacle: 'not enough time left' };
    if (this.budget?.take() === false) return { obstacle: 'retry budget used up' };
    this.backoff = backoff;
    this.delayMs = delayMs;
    return { delayMs };
  }

  private firstBackoff(): IBackoff<unknown> {
    const { initialDelayMs, maxDelayMs } = this.options;
    return new ExponentialBackoff({ initialDelay: initialDelayMs, maxDelay: maxDelayMs }).next();
  }
}
