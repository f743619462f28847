import { expect, it } from '@jest/globals';
import { LINE_TIME } from '../../logging/index.js';
import { rememberRun } from './run-traces.js';
import { toLineFields } from './runtime.logger.js';

it("sorts the SDK's attributes into the fields of a line", () => {
  const error = new Error('x');
  expect(
    toLineFields({
      sdkComponent: 'activity',
      workflowId: 'w',
      workflowRunId: 'r1',
      activityType: 'inference',
      attempt: 2,
      durationMs: 5,
      trace_id: 't',
      taskToken: 'secret',
      taskQueue: 'q',
      error,
      nothing: undefined,
      [Symbol.for('log_timestamp')]: 1_795_229_616_405_711_593n,
    }),
  ).toEqual({
    workflow_id: 'w',
    run_id: 'r1',
    activity: 'inference',
    attempt: 2,
    duration_ms: 5,
    trace_id: 't',
    error,
    extra: { sdkComponent: 'activity', taskQueue: 'q' },
    [LINE_TIME]: 1_795_229_616_405,
  });
});

it('gives a line of the native core, which knows the run only, the trace of that run', () => {
  rememberRun('r2', { trace_id: 't2', client_id: 'dept-a' });
  expect(toLineFields({ run_id: 'r2' })).toEqual({ run_id: 'r2', trace_id: 't2', client_id: 'dept-a' });
  expect(toLineFields({ run_id: 'unknown' })).toEqual({ run_id: 'unknown' });
});
