import { ERROR_CODES } from '../semantics/index.js';
import type { ConnectorErrorDetails } from './connector.error.js';

/**
 * Whether a failed attempt may be followed by another one without asking the caller.
 *
 * @param idempotent whether the request may be repeated when the server can have begun to work on it.
 */
export function isRepeatable(
  { code, retryable, sent, status }: Pick<ConnectorErrorDetails, 'code' | 'retryable' | 'sent' | 'status'>,
  idempotent: boolean,
): boolean {
  // A body that broke off may be asked for again by the caller, not silently by us: the work was done.
  if (!retryable || code === ERROR_CODES.connectorResponse || code === ERROR_CODES.connectorClosed) return false;
  return idempotent || !sent || status === 429 || status === 503;
}
