import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ConnectorError } from '../../connector/index.js';
import { ERROR_CODES, type OnetraceErrorCode } from '../../semantics/index.js';
import type { ActivityContext } from './activity-context.js';
import { asTemporalFailure } from './connector-failure.js';

function activity(cancellationSignal = new AbortController().signal): ActivityContext {
  return { cancellationSignal } as ActivityContext;
}

function connectorError(code: OnetraceErrorCode, retryable: boolean, more: object = {}): ConnectorError {
  const where = { target: 'vllm:8000', attempts: 2, maxAttempts: 3, sent: true };
  return new ConnectorError('it failed', { code, remedy: 'mend it', retryable, ...where, ...more });
}

describe('what Temporal gets to know of what an activity throws', () => {
  it.each<[OnetraceErrorCode, boolean, boolean]>([
    [ERROR_CODES.connectorStatus, false, true],
    [ERROR_CODES.connectorTls, false, true],
    [ERROR_CODES.connectorTimeout, true, false],
    [ERROR_CODES.connectorQueueFull, true, false],
    // Of its own accord: a time limit of the activity itself, for example.
    [ERROR_CODES.connectorAborted, false, false],
  ])('%s, retryable %p: nonRetryable is %p', (code, retryable, nonRetryable) => {
    const error = connectorError(code, retryable);
    const told = asTemporalFailure(error, activity());
    expect(told).toBeInstanceOf(ApplicationFailure);
    expect(told).toMatchObject({ type: code, nonRetryable, message: error.message, stack: error.stack });
  });

  it('where and when it failed, and how long the next attempt has to wait', () => {
    const error = connectorError(ERROR_CODES.connectorStatus, true, { status: 503, retryAfterMs: 2500 });
    expect(asTemporalFailure(error, activity())).toMatchObject({
      details: [{ target: 'vllm:8000', attempts: 2, status: 503 }],
      nextRetryDelay: 2500,
    });
  });

  it('that it was cancelled, where the call went with it', () => {
    const reason = new CancelledFailure('CANCELLED');
    const error = connectorError(ERROR_CODES.connectorAborted, false, { cause: reason });
    const cancelled = activity(AbortSignal.abort(reason));
    expect(asTemporalFailure(error, cancelled)).toBe(reason);
    // As a client of the application's own tells it, which uses the connector's fetch.
    const told = new Error('Connection error.', { cause: new TypeError('fetch failed', { cause: error }) });
    expect(asTemporalFailure(told, cancelled)).toBe(reason);
    const other = new Error('of the application', { cause: connectorError(ERROR_CODES.connectorStatus, false) });
    expect(asTemporalFailure(other, cancelled)).toBe(other);
  });

  it.each([[new Error('of the application')], [ApplicationFailure.retryable('its own')], ['a text'], [undefined]])(
    'all else as it is: %p',
    (error) => {
      expect(asTemporalFailure(error, activity())).toBe(error);
    },
  );
});
