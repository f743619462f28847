import { ERROR_CODES } from '../../semantics/index.js';
import { noticeOnce } from '../../tracing/index.js';
import { sdkPackage } from '../worker/sdk-package.js';
import type { ActivityContext } from './activity-context.js';

/** What is read of a connector's error. Described instead of imported: connectors are a room of their own, and of another copy perhaps. */
interface ConnectorFailure extends Error {
  readonly code: string;
  readonly target: string;
  readonly attempts: number;
  readonly status?: number;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** The part of `@temporalio/activity` that is needed here. */
interface ActivityPackage {
  readonly ApplicationFailure: {
    fromError(error: Error, overrides: Readonly<Record<string, unknown>>): Error;
  };
}

const DEEPEST_CAUSE = 8;

/**
 * What an activity throws, as Temporal's retry policy understands it. The error of a connector becomes an `ApplicationFailure`: its code is the type,
 * it is non-retryable where the same call can never succeed, and the next attempt waits as long as the server has asked for. Where the activity
 * was cancelled and took the call along, it is the cancellation itself. All else is handed on as it is.
 */
export function asTemporalFailure(error: unknown, { cancellationSignal }: ActivityContext): unknown {
  if (cancellationSignal.aborted && isCancelledBy(error, cancellationSignal.reason)) return cancellationSignal.reason;
  if (!isConnectorFailure(error)) return error;
  const { code, target, attempts, status, retryable, retryAfterMs } = error;
  const failures = sdkPackage<ActivityPackage>('@temporalio/activity')?.ApplicationFailure;
  if (failures === undefined) {
    noticeOnce(
      'temporal-failures',
      'errors of connectors reach Temporal as they are, so that every one of them is tried again: @temporalio/activity is not to be found beside the application',
    );
    return error;
  }
  return failures.fromError(error, {
    type: code,
    // A call that the activity itself gave up, after a time of its own perhaps, says nothing about the next attempt.
    nonRetryable: !retryable && code !== ERROR_CODES.connectorAborted,
    details: [{ target, attempts, ...(status === undefined ? {} : { status }) }],
    ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
  });
}

/** Whether a call that was given up for this reason is at the root of an error, inside those of the client that used the connector's `fetch`. */
function isCancelledBy(error: unknown, reason: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && cause instanceof Error; depth += 1) {
    if (isConnectorFailure(cause) && cause.code === ERROR_CODES.connectorAborted && cause.cause === reason) return true;
    cause = cause.cause;
  }
  return false;
}

function isConnectorFailure(error: unknown): error is ConnectorFailure {
  if (!(error instanceof Error) || error.name !== 'ConnectorError') return false;
  const { code } = error as Partial<ConnectorFailure>;
  return typeof code === 'string' && code.startsWith('ONETRACE_CONNECTOR_');
}
