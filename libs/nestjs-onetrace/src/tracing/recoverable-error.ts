import { errorType } from './thrown-value.js';

/** Names and codes of errors that pass: nobody answered, not in time, or not now. */
const RECOVERABLE_TYPES: ReadonlySet<string> = new Set([
  'TimeoutError',
  'ConnectionError',
  'RateLimitError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
]);
/** Request Timeout, Too Early, Too Many Requests, Bad Gateway, Service Unavailable, Gateway Timeout. */
const RECOVERABLE_STATUSES: ReadonlySet<unknown> = new Set([408, 425, 429, 502, 503, 504]);
/** Errors wrap each other: `fetch failed` has what happened as its cause. */
const DEEPEST_CAUSE = 4;

/**
 * Whether a caller may expect the same call to succeed later: by the error's own word (`retryable`), by its code or class,
 * by the HTTP status it carries, or by its cause. Never throws.
 */
export function isRecoverable(error: unknown): boolean {
  try {
    return judge(error, 0);
  } catch {
    return false;
  }
}

function judge(error: unknown, depth: number): boolean {
  if (typeof error !== 'object' || error === null || depth > DEEPEST_CAUSE) return false;
  const { retryable, name, status, statusCode, response, cause } = error as Record<string, unknown>;
  if (typeof retryable === 'boolean') return retryable;
  if (RECOVERABLE_TYPES.has(errorType(error)) || (typeof name === 'string' && RECOVERABLE_TYPES.has(name))) return true;
  // NestJS and undici put the status on the error, axios on the response.
  const answered = status ?? statusCode ?? (response as { status?: unknown } | null | undefined)?.status;
  return RECOVERABLE_STATUSES.has(answered) || judge(cause, depth + 1);
}
