import { expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { type AttemptInfo, willRetry } from './retry-outlook.js';

const FIRST: AttemptInfo = { attempt: 1, scheduledTimestampMs: 1000, scheduleToCloseTimeoutMs: 0 };

it.each<[string, AttemptInfo, unknown, boolean]>([
  ['no limits', FIRST, new Error('x'), true],
  ['attempts left', { ...FIRST, retryPolicy: { maximumAttempts: 2 } }, new Error('x'), true],
  ['last attempt', { ...FIRST, attempt: 2, retryPolicy: { maximumAttempts: 2 } }, new Error('x'), false],
  ['non-retryable', FIRST, ApplicationFailure.nonRetryable('x'), false],
  [
    'non-retryable type',
    { ...FIRST, retryPolicy: { nonRetryableErrorTypes: ['Gone'] } },
    ApplicationFailure.create({ type: 'Gone' }),
    false,
  ],
  [
    'non-retryable class',
    { ...FIRST, retryPolicy: { nonRetryableErrorTypes: ['TypeError'] } },
    new TypeError('x'),
    false,
  ],
  ['time left', { ...FIRST, scheduleToCloseTimeoutMs: 1500 }, new Error('x'), true],
  ['deadline passed', { ...FIRST, scheduleToCloseTimeoutMs: 500 }, new Error('x'), false],
  ['no error object', FIRST, 'x', true],
])('an attempt is followed by another: %s', (_what, info, error, expected) => {
  expect(willRetry(info, error, 2000)).toBe(expected);
});
