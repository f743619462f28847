import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { HandlerError, OperationError } from 'nexus-rpc';
import { nexusEnding, willRetryNexus } from './nexus-ending.js';

const running = new AbortController().signal;
const aborted = AbortSignal.abort();

describe('a Nexus handler that throws', () => {
  it.each([
    [new OperationError('canceled'), running, 'cancelled'],
    [new OperationError('failed', 'no such model'), running, 'failed'],
    [new CancelledFailure('over'), aborted, 'cancelled'],
    [new CancelledFailure('somebody else'), running, 'failed'],
    ['a text', aborted, 'failed'],
    [undefined, running, 'failed'],
  ])('%p has %s: %s', (error, signal, ending) => {
    expect(nexusEnding(error, signal)).toBe(ending);
  });

  it.each([
    [new OperationError('failed', 'no such model'), false],
    [new HandlerError('BAD_REQUEST', 'no model given'), false],
    [new HandlerError('INTERNAL', 'hung up'), true],
    [new HandlerError('INTERNAL', 'gone', { retryableOverride: false }), false],
    [ApplicationFailure.nonRetryable('no such model'), false],
    [new Error('hung up'), true],
    ['a text', true],
  ])('%p is tried again: %s', (error, retried) => {
    expect(willRetryNexus(error)).toBe(retried);
  });
});
