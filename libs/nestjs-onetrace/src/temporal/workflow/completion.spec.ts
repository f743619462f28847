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
});
