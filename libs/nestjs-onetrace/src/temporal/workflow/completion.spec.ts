import { describe, expect, it } from '@jest/globals';
import { findEnd } from './completion.js';

describe('how a run ends, by its commands', () => {
  it.each([
    [[], undefined],
    [[{ scheduleActivity: {} }], undefined],
    [[{ scheduleActivity: {} }, { completeWorkflowExecution: {} }], 'completed'],
    [[{ cancelWorkflowExecution: {} }], 'cancelled'],
    [[{ continueAsNewWorkflowExecution: {} }], 'continued as new'],
    [[{ failWorkflowExecution: {} }], 'failed'],
    [[{ failWorkflowExecution: { failure: { applicationFailureInfo: { category: 1 } } } }], 'failed benignly'],
  ])('%j: %s', (commands, outcome) => {
    expect(findEnd(commands)?.outcome).toBe(outcome);
  });

  it('names the root cause and tells the way to it', () => {
    const failure = {
      message: 'Activity task failed',
      activityFailureInfo: {},
      cause: { message: 'activity StartToClose timeout', timeoutFailureInfo: {} },
    };
    expect(findEnd([{ failWorkflowExecution: { failure } }])?.error).toEqual({
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
    expect(findEnd([{ failWorkflowExecution: { failure } }])?.error).toEqual({
      name: 'ModelMissing',
      message,
      ...(stack === '' ? {} : { stack }),
    });
  });
});
