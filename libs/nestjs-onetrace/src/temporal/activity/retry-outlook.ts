/** What decides whether a failed activity attempt is followed by another. */
export interface AttemptInfo {
  readonly attempt: number;
  readonly scheduledTimestampMs: number;
  /** 0 where there is none. */
  readonly scheduleToCloseTimeoutMs: number;
  readonly retryPolicy?:
    | {
        readonly maximumAttempts?: number | undefined;
        readonly nonRetryableErrorTypes?: readonly string[] | undefined;
      }
    | undefined;
}

/**
 * Whether Temporal will try the activity again after this error, by the rules of its retry policies: not after a
 * non-retryable failure, the last attempt or the schedule-to-close deadline. A guess only as to the deadline: the
 * server also counts the wait before the next attempt.
 */
export function willRetry(info: AttemptInfo, error: unknown, nowMs: number): boolean {
  const { name, type, nonRetryable } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    'name' | 'type' | 'nonRetryable',
    unknown
  >;
  if (nonRetryable === true) return false;
  const { maximumAttempts = 0, nonRetryableErrorTypes = [] } = info.retryPolicy ?? {};
  const errorType = typeof type === 'string' && type !== '' ? type : name;
  if (typeof errorType === 'string' && nonRetryableErrorTypes.includes(errorType)) return false;
  if (maximumAttempts > 0 && info.attempt >= maximumAttempts) return false;
  return info.scheduleToCloseTimeoutMs <= 0 || nowMs < info.scheduledTimestampMs + info.scheduleToCloseTimeoutMs;
}
