import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { Flow } from '../../../libs/onetrace/src/flow/flow.ts';
import { type Stage, startStage, until } from '../temporal.harness.ts';
import { expectComplete, flowOf, openSpans, story } from './told-story.ts';

jest.setTimeout(120_000);

const TASK = { taskQueue: 'failures' };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ fixtures: new URL('.', import.meta.url) });
  await stage.worker.tell({ do: 'work', ...TASK, traced: true });
});
afterAll(() => stage?.stop());

/** Starts a workflow, does something with it, and waits until it has failed. */
async function failing(
  type: string,
  options: { workflowId: string; args?: unknown[]; workflowRunTimeout?: '1s' },
  then: (handle: WorkflowHandle) => Promise<unknown> = () => Promise.resolve(),
): Promise<string> {
  const { traceId } = await stage.inTrace(async () => {
    const handle = await stage.client.workflow.start(type, { ...TASK, args: [], ...options });
    await then(handle);
    await expect(handle.result()).rejects.toThrow();
  });
  return traceId;
}

async function settled(traceId: string, lastName: string): Promise<Flow> {
  await stage.trace(traceId, lastName);
  return flowOf(stage, traceId);
}

/** Until the workflow has had its first activity, and waits. */
const waiting = ({ workflowId }: WorkflowHandle): Promise<unknown> =>
  until('the wait', async () => {
    const { events } = await stage.untracedClient.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length === 2 ? 1 : undefined;
  });

describe('an activity that times out', () => {
  const once = { maximumAttempts: 1 };
  it.each([
    [
      'because nobody takes it',
      'activity ScheduleToStart timeout',
      ['answer', { taskQueue: 'nobody-listens', scheduleToStartTimeout: '300ms' }, 'x'],
      /no worker picked up activity answer|activity ScheduleToStart timeout/,
    ],
    [
      'while it works',
      'activity StartToClose timeout',
      ['takesLong', { startToCloseTimeout: '300ms', retry: once }, 1500],
      /activity StartToClose timeout/,
    ],
    [
      'in all its attempts together',
      'activity ScheduleToClose timeout',
      ['fails', { scheduleToCloseTimeout: '400ms', retry: { initialInterval: '300ms', maximumAttempts: 9 } }],
      /the model hung up/,
    ],
    [
      'in one attempt that takes all of the time',
      'activity ScheduleToClose timeout',
      ['takesLong', { startToCloseTimeout: '20s', scheduleToCloseTimeout: '400ms' }, 1500],
      /activity ScheduleToClose timeout/,
    ],
    [
      'because it does not report',
      'activity Heartbeat timeout',
      ['staysSilent', { heartbeatTimeout: '500ms', retry: once }],
      /activity Heartbeat timeout/,
    ],
    [
      'on the worker that runs the workflow, which is told to stop',
      'Local Activity timed out',
      ['staysSilent', { local: true, startToCloseTimeout: '300ms', retry: once }],
      /RunActivity:staysSilent: the attempt ran out of time/,
    ],
  ])(
    '%s: the story says so, and the line of the workflow names the timeout (%s)',
    async (why, timeout, args, words) => {
      const traceId = await failing('calls', { workflowId: `times out ${why}`, args });
      const flow = await settled(traceId, 'CompleteWorkflow:calls');
      expectComplete(flow);
      expect(flow.outcome.kind).toBe('failed');
      expect(story(flow)).toMatch(words);
      const failed = stage.lines(traceId).filter(({ message }) => message === 'workflow failed');
      expect(failed).toHaveLength(1);
      expect(JSON.stringify(failed)).toContain(timeout);
    },
  );
});

describe('a workflow that the server ends', () => {
  it('terminated by a client: the story names the call, and the run has no end of its own', async () => {
    const traceId = await failing('waits', { workflowId: 'terminated' }, async (handle) => {
      await waiting(handle);
      await handle.terminate('enough');
    });
    const flow = await settled(traceId, 'TerminateWorkflow');
    expectComplete(flow);
    expect(openSpans(flow)).toEqual(['RunWorkflow:waits']);
    expect(story(flow)).toContain('TerminateWorkflow');
  });

  it('because its run timed out: the story says that it never finished', async () => {
    const traceId = await failing('waits', { workflowId: 'run-timed-out', workflowRunTimeout: '1s' });
    const flow = await settled(traceId, 'RunActivity:answer');
    expectComplete(flow);
    expect(openSpans(flow)).toEqual(['RunWorkflow:waits']);
    expect(story(flow)).toContain('never finished');
  });
});

describe('a workflow that is cancelled while it waits', () => {
  it('ends as cancelled, which is no error', async () => {
    const traceId = await failing('waits', { workflowId: 'cancelled-waiting' }, async (handle) => {
      await waiting(handle);
      await handle.cancel();
    });
    const flow = await settled(traceId, 'CompleteWorkflow:waits');
    expectComplete(flow);
    expect(flow.spans.find(({ name }) => name === 'CompleteWorkflow:waits')).toMatchObject({
      status: 'unset',
      attributes: { 'temporal.outcome': 'cancelled' },
    });
    expect(flow.outcome.kind).toBe('ok');
  });

  it('together with its activity, which reports and is told', async () => {
    const traceId = await failing(
      'calls',
      {
        workflowId: 'cancelled-activity',
        args: ['reports', { heartbeatTimeout: '2s', cancellationType: 'WAIT_CANCELLATION_COMPLETED' }],
      },
      async (handle) => {
        await until('start', () => stage.allLines().find(({ activity }) => activity === 'reports'));
        await handle.cancel();
      },
    );
    const flow = await settled(traceId, 'CompleteWorkflow:calls');
    expectComplete(flow);
    expect(flow.spans.filter(({ status }) => status === 'error')).toEqual([]);
    expect(flow.spans.find(({ name }) => name === 'RunActivity:reports')?.attributes).toMatchObject({
      'temporal.outcome': 'cancelled',
    });
  });
});

describe('a workflow that is reset while it runs', () => {
  it('goes on under its first span, and ends once', async () => {
    const { traceId } = await stage.inTrace(async () => {
      const workflowId = 'reset-running';
      const handle = await stage.client.workflow.start('waits', { ...TASK, workflowId });
      const tasks = await until('two workflow tasks', async () => {
        const { events } = await handle.fetchHistory();
        const completed = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
        return completed.length === 2 ? completed : undefined;
      });
      await stage.connection.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId, runId: handle.firstExecutionRunId },
        reason: 'test',
        requestId: 'reset-running',
        workflowTaskFinishEventId: tasks[1]?.eventId ?? null,
      });
      const again = stage.client.workflow.getHandle(workflowId);
      await again.signal('goOn');
      await expect(again.result()).resolves.toBe('AFTER');
    });
    const flow = await settled(traceId, 'CompleteWorkflow:waits');
    expectComplete(flow);
    expect(openSpans(flow)).toEqual([]);
    expect(flow.outcome.kind).toBe('ok');
  });
});
