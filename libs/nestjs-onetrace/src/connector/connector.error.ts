import { OnetraceError, type OnetraceErrorCode } from '../semantics/index.js';

/** What is known of a failed call. */
export interface ConnectorErrorDetails {
  readonly code: OnetraceErrorCode;
  /** What to do about it. */
  readonly remedy: string;
  /** `host:port`. */
  readonly target: string;
  /** Attempts that were made, the failed one included. */
  readonly attempts: number;
  /** Attempts that there can be in all; `undefined` where none follows a failure of this kind. */
  readonly maxAttempts: number | undefined;
  readonly status?: number | undefined;
  /** Whether the same call may succeed when it is made again later. */
  readonly retryable: boolean;
  /** Whether the server can have begun to work on the request. */
  readonly sent: boolean;
  /** How long to wait before the same call can succeed, in milliseconds, where that is known. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * A call to a model server that failed for good. The message says what happened, where, in which attempt, and what to do; it never
 * holds the prompt, the answer or a key.
 */
export class ConnectorError extends OnetraceError {
  override readonly name = 'ConnectorError';
  /** What to do about it; the message ends with it. */
  readonly remedy: string;
  /** `host:port`. */
  readonly target: string;
  /** Attempts that were made, the failed one included; 0 when the target was not called at all. */
  readonly attempts: number;
  /** HTTP status, where the server answered. */
  readonly status?: number;
  /** Whether the same call may succeed when it is made again later. */
  readonly retryable: boolean;
  /** Whether the server can have begun to work on the request. */
  readonly sent: boolean;
  /** How long to wait before the same call can succeed, in milliseconds: what the server asked for, or until the circuit is tried again. */
  readonly retryAfterMs?: number;

  constructor(message: string, details: ConnectorErrorDetails) {
    const { attempts, maxAttempts } = details;
    const ofAll = maxAttempts === undefined ? '' : ` of ${maxAttempts}`;
    const attempt = attempts === 0 ? '' : ` (attempt ${attempts}${ofAll})`;
    const whole = `${message}${attempt}; ${details.remedy}`;
    super(details.code, whole, details.cause === undefined ? undefined : { cause: details.cause });
    this.remedy = details.remedy;
    this.target = details.target;
    this.attempts = attempts;
    if (details.status !== undefined) this.status = details.status;
    this.retryable = details.retryable;
    this.sent = details.sent;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}
