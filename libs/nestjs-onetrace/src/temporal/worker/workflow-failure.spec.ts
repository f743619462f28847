import { describe, expect, it } from '@jest/globals';
import { describeFailure, isBenign } from './workflow-failure.js';

describe('the failure of a workflow', () => {
  it.each([
    [{}, false],
    [{ applicationFailureInfo: {} }, false],
    [{ applicationFailureInfo: { category: 1 } }, true],
  ])('%j is benign: %p', (failure, benign) => {
    expect(isBenign(failure)).toBe(benign);
  });

  it.each([
    ['timeoutFailureInfo', 'TimeoutFailure'],
    ['canceledFailureInfo', 'CancelledFailure'],
    ['terminatedFailureInfo', 'TerminatedFailure'],
    ['serverFailureInfo', 'ServerFailure'],
    ['activityFailureInfo', 'ActivityFailure'],
    ['childWorkflowExecutionFailureInfo', 'ChildWorkflowFailure'],
    ['nothing', 'TemporalFailure'],
  ])('has the name that the SDK gives its kind: %s', (kind, name) => {
    expect(describeFailure({ applicationFailureInfo: null, [kind]: {} }).name).toBe(name);
  });

  it('names the root cause and tells the way to it', () => {
    const failure = {
      message: 'Activity task failed',
      activityFailureInfo: {},
      cause: { message: 'activity StartToClose timeout', timeoutFailureInfo: {} },
    };
    expect(describeFailure(failure)).toEqual({
      name: 'TimeoutFailure',
      message: 'Activity task failed: activity StartToClose timeout',
    });
  });

  const encode = (text: string) => new TextEncoder().encode(text);
  it.each([
    ['reads', 'json/plain', '{"message":"no such model","stack_trace":"at model"}', 'no such model', 'at model'],
    ['leaves', 'binary/encrypted', 'x', 'Encoded failure', ''],
    ['leaves', 'json/plain', '{"message"', 'Encoded failure', ''],
    ['leaves', 'json/plain', 'null', 'Encoded failure', ''],
  ])('%s what a failure converter has encoded: %s %s', (_what, encoding, data, message, stack) => {
    const encodedAttributes = { metadata: { encoding: encode(encoding) }, data: encode(data) };
    const failure = { message: 'Encoded failure', applicationFailureInfo: { type: 'ModelMissing' }, encodedAttributes };
    expect(describeFailure(failure)).toEqual({
      name: 'ModelMissing',
      message,
      ...(stack === '' ? {} : { stack }),
    });
  });
});
