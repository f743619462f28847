import { describe, expect, it } from '@jest/globals';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { describeThrown } from './line-error.js';

describe('a failure that came over from Temporal', () => {
  const wire = {
    message: 'activity failed',
    source: 'TypeScriptSDK',
    stackTrace: '',
    cause: {
      message: 'no such model',
      source: 'TypeScriptSDK',
      stackTrace: '',
      applicationFailureInfo: {
        type: 'ModelMissing',
        details: { payloads: [defaultPayloadConverter.toPayload({ model: 'tiny' })] },
      },
    },
    applicationFailureInfo: { type: 'Failed' },
  };

  it('is told once, as the error that it is, without the message that it was made from', () => {
    const error = defaultFailureConverter.failureToError(wire, defaultPayloadConverter);
    expect(error).toHaveProperty('failure');
    const described = describeThrown(error);
    expect(described).toMatchObject({ message: 'activity failed', extra: { type: 'Failed' } });
    expect(described.cause).toMatchObject({
      message: 'no such model',
      extra: { type: 'ModelMissing', details: [{ model: 'tiny' }] },
    });
    for (const { extra } of [described, described.cause ?? described]) expect(extra).not.toHaveProperty('failure');
  });
});

it('keeps what an application says of a failure of its own', () => {
  const error = Object.assign(new Error('x'), { failure: { message: 'm', code: 3 } });
  expect(describeThrown(error).extra).toEqual({ failure: { message: 'm', code: 3 } });
});
