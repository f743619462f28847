import { noticeOnce } from './notice.js';
import { errorMessage } from './thrown-value.js';

let failures = 0;

/** How often tracing itself failed in this process; every one of them was swallowed. */
export function tracingFailures(): number {
  return failures;
}

/**
 * Runs a piece of tracing. What fails inside is counted, said once a kind, and swallowed:
 * the application never sees it.
 */
export function safely<T>(what: string, fn: () => T): T | undefined {
  try {
    return fn();
  } catch (error) {
    countFailure(what, error);
    return undefined;
  }
}

/** Counts a failure of tracing and says it once a kind; for hot paths that cannot afford the closure of `safely`. */
export function countFailure(what: string, error: unknown): void {
  failures += 1;
  noticeOnce(`failure:${what}`, `tracing failed in ${what}; the application was not affected`, {
    reason: errorMessage(error),
  });
}
