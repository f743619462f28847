import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage, until } from '../temporal.harness.ts';
import { type Line, type WorkerProcess } from '../worker.process.ts';
import { expectComplete, flowOf, openSpans, story } from './told-story.ts';

jest.setTimeout(120_000);

const FIXTURES = new URL('.', import.meta.url);
const TASK = { taskQueue: 'failures' };

let stage: Stage;
let heir: WorkerProcess;
beforeAll(async () => {
  stage = await startStage({ fixtures: FIXTURES, durable: true });
});
afterAll(() => stage?.stop());

const work = (worker: WorkerProcess): Promise<unknown> =>
  worker.tell({ do: 'work', ...TASK, traced: true, stickyQueueScheduleToStartTimeout: '500ms' });
const workerLines = (traceId: string, message: string): Line[] =>
  stage.lines(traceId).filter((line) => line.message === message && line['component'] === 'worker');

describe('a worker that is killed in an activity', () => {
  it('leaves a trace whose next attempt hangs where the lost one did, and the story shows both', async () => {
    await work(stage.worker);
    const { traceId } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start('calls', {
        ...TASK,
        workflowId: 'killed-in-activity',
        args: ['diesOnce', { startToCloseTimeout: '1s', retry: { initialInterval: '20ms' } }],
        workflowTaskTimeout: '1s',
      });
      await stage.worker.ended;
      heir = await stage.startWorker({ SINK: 'dies' });
      await work(heir);
      await expect(handle.result()).resolves.toBe('survived');
    });
    await stage.trace(traceId, 'CompleteWorkflow:calls');
    const flow = flowOf(stage, traceId);
    expectComplete(flow);
    const attempts = flow.spans.filter(({ name }) => name === 'RunActivity:diesOnce');
    expect(attempts.map(({ attempt, rebuilt, state }) => ({ attempt, rebuilt, state }))).toEqual([
      { attempt: 1, rebuilt: true, state: 'open' },
      { attempt: 2, rebuilt: false, state: 'ended' },
    ]);
    expect(new Set(attempts.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
    expect(flow.outcome.kind).toBe('ok');
    expect(openSpans(flow)).toEqual(['RunActivity:diesOnce']);
    expect(story(flow)).toContain('never finished');
    expect(workerLines(traceId, 'workflow started')).toHaveLength(1);
  });
});

describe('a worker that is killed in a workflow task', () => {
  it('leaves the task to another, which tells the rest and nothing twice', async () => {
    const { traceId } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start('tells', {
        ...TASK,
        workflowId: 'killed-in-workflow-task',
        workflowTaskTimeout: '1s',
      });
      await heir.ended;
      heir = await stage.startWorker();
      await work(heir);
      await expect(handle.result()).resolves.toBe('AFTER');
    });
    await stage.trace(traceId, 'CompleteWorkflow:tells');
    const flow = flowOf(stage, traceId);
    expectComplete(flow);
    expect(openSpans(flow)).toEqual([]);
    expect(flow.outcome.kind).toBe('ok');
    for (const message of ['workflow started', 'workflow completed'])
      expect(workerLines(traceId, message)).toHaveLength(1);
    expect(workerLines(traceId, 'activity requested')).toHaveLength(2);
  });
});

describe('a server that is restarted', () => {
  it('in the middle of an activity: the run goes on in the same trace, and is whole', async () => {
    const { traceId } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start('calls', {
        ...TASK,
        workflowId: 'restarted-in-activity',
        args: ['takesLong', { retry: { maximumAttempts: 3 } }, 1500],
      });
      await until('activity', () =>
        stage.allLines().some((line) => line['activity'] === 'takesLong') ? 1 : undefined,
      );
      await stage.restartTemporal();
      await until('result', () => handle.result().catch(() => sleep(200)));
    });
    await stage.trace(traceId, 'CompleteWorkflow:calls');
    const flow = flowOf(stage, traceId);
    expectComplete(flow);
    expect(flow.outcome.kind).toBe('ok');
    expect(openSpans(flow)).toEqual([]);
  });

  it('while a workflow waits: the signal that comes afterwards finds it, in the same trace', async () => {
    const { traceId } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start('waits', { ...TASK, workflowId: 'restarted-while-waiting' });
      await until('the wait', async () => {
        const { events } = await handle.fetchHistory();
        return (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length === 2
          ? 1
          : undefined;
      });
      await stage.restartTemporal();
      await handle.signal('goOn');
      await expect(handle.result()).resolves.toBe('AFTER');
    });
    await stage.trace(traceId, 'CompleteWorkflow:waits');
    const flow = flowOf(stage, traceId);
    expectComplete(flow);
    expect(flow.outcome.kind).toBe('ok');
    expect(flow.spans.map(({ name }) => name)).toContain('HandleSignal:goOn');
    for (const message of ['workflow started', 'workflow completed'])
      expect(workerLines(traceId, message)).toHaveLength(1);
  });
});
