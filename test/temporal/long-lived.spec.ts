import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage, until } from './temporal.harness.ts';
import { expectWhole } from './whole-trace.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true, fromPath: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

describe('signals, queries and updates', () => {
  it('do not disturb the random numbers of a workflow, and show who sent them', async () => {
    const workflowId = 'conversation';
    const { traceId, result } = await stage.inTrace<unknown>(async () => {
      const handle = await stage.client.workflow.start('conversation', { taskQueue: 'cacheless', workflowId });
      await handle.signal('say', 'a');
      await handle.query('said');
      await handle.executeUpdate('propose', { args: ['b'] });
      await expect(handle.executeUpdate('propose', { args: [''] })).rejects.toThrow();
      await handle.query('said');
      await handle.signal('say', 'c');
      await handle.signal('leave');
      return handle.result();
    });
    expect(result).toEqual(['a', 'b', 'c', '3']);
    const spans = await stage.trace(traceId, 'CompleteWorkflow:conversation');
    expectWhole(spans);
    const count = (name: string) => spans.filter((span) => span.name === name).length;
    expect(count('HandleSignal:say')).toBe(2);
    expect(count('HandleUpdate:propose')).toBe(1);
    expect(count('HandleQuery:said')).toBe(2);
    const sent = spans.filter(({ name }) => name === 'SignalWorkflow:say').map(({ spanId }) => spanId);
    const handled = spans.filter(({ name }) => name === 'HandleSignal:say').flatMap(({ links }) => links);
    expect(handled.map(({ spanId }) => spanId).sort()).toEqual(sent.sort());
    await stage.worker.tell({ do: 'replay', workflowId, traced: true });
    await stage.worker.tell({ do: 'replay', workflowId, traced: false });
  });

  it('start a workflow together with it: signal-with-start and update-with-start', async () => {
    const { WithStartWorkflowOperation } = await import('@temporalio/client');
    const { traceId } = await stage.inTrace(async () => {
      const options = { taskQueue: 'cached', args: [] as [] };
      const signalled = await stage.client.workflow.signalWithStart('conversation', {
        ...options,
        workflowId: 'signal-with-start',
        signal: 'leave',
      });
      await signalled.result();
      const startWorkflowOperation = new WithStartWorkflowOperation('conversation', {
        ...options,
        workflowId: 'update-with-start',
        workflowIdConflictPolicy: 'FAIL',
      });
      const length = await stage.client.workflow.executeUpdateWithStart('propose', {
        startWorkflowOperation,
        args: ['x'],
      });
      expect(length).toBe(1);
      const handle = await startWorkflowOperation.workflowHandle();
      await handle.signal('leave');
      await handle.result();
    });
    const spans = await until('both workflows', async () => {
      const found = await stage.trace(traceId, 'CompleteWorkflow:conversation');
      return found.filter(({ name }) => name === 'CompleteWorkflow:conversation').length === 2 ? found : undefined;
    });
    expectWhole(spans);
    const names = spans.map(({ name }) => name);
    expect(names).toContain('SignalWithStartWorkflow:conversation');
    expect(names).toContain('UpdateWithStartWorkflow:conversation');
    expect(names).toContain('HandleUpdate:propose');
  });
});

describe('workflows side by side, which share the code of the tracing', () => {
  it.each(['cached', 'cacheless'])('share nothing else (%s)', async (taskQueue) => {
    const begun = await Promise.all(
      ['a', 'b', 'c'].map((word) =>
        stage.inTrace(async () => {
          const workflowId = `${word}-${taskQueue}`;
          return { word, handle: await stage.client.workflow.start('conversation', { taskQueue, workflowId }) };
        }),
      ),
    );
    for (const call of ['say', 'say', 'leave']) {
      await Promise.all(begun.map(({ result: { word, handle } }) => handle.signal(call, word)));
    }
    for (const { traceId, result } of begun) {
      const { handle, word } = result;
      expect(await handle.result()).toEqual([word, word, '2']);
      const spans = await stage.trace(traceId, 'CompleteWorkflow:conversation');
      expectWhole(spans);
      expect(new Set(spans.map(({ attributes }) => attributes['temporalWorkflowID'] ?? handle.workflowId))).toEqual(
        new Set([handle.workflowId]),
      );
      expect(spans.filter(({ name }) => name === 'HandleSignal:say')).toHaveLength(2);
      const attributesOf = (wanted: string) => spans.find(({ name }) => name === wanted)?.attributes;
      expect(attributesOf('RunWorkflow:conversation')).toHaveProperty(['temporal.task_queue'], taskQueue);
      expect(attributesOf('CompleteWorkflow:conversation')).not.toHaveProperty(['temporal.task_queue']);
      await stage.worker.tell({ do: 'replay', workflowId: handle.workflowId, traced: true });
      await stage.worker.tell({ do: 'replay', workflowId: handle.workflowId, traced: false });
    }
  });
});

describe('a workflow that was evicted while it waited', () => {
  it('keeps its IDs and tells nothing twice, though tasks without commands are carried out again', async () => {
    const { traceId } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start('conversation', {
        taskQueue: 'cacheless',
        workflowId: 'evicted',
      });
      for (const word of ['a', 'b', 'c']) {
        await handle.query('said');
        await handle.executeUpdate('propose', { args: [word] });
        await handle.signal('say', word);
      }
      await handle.query('said');
      await handle.signal('leave');
      await handle.result();
    });
    const spans = await stage.trace(traceId, 'CompleteWorkflow:conversation');
    expectWhole(spans);
    const count = (name: string) => spans.filter((span) => span.name === name).length;
    expect(count('RunWorkflow:conversation')).toBe(1);
    expect(count('HandleSignal:say')).toBe(3);
    expect(count('HandleUpdate:propose')).toBe(3);
    expect(
      stage.lines(traceId).filter(({ message, component }) => message === 'workflow started' && component === 'worker'),
    ).toHaveLength(1);
  });
});

describe('a workflow that is reset', () => {
  it('keeps the spans before the reset point and has new ones after it', async () => {
    const workflowId = 'reset';
    const { traceId, result: run } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start('pipeline', { taskQueue: 'cached', workflowId, args: ['x'] });
      await handle.result();
      return handle;
    });
    const before = await stage.trace(traceId, 'CompleteWorkflow:pipeline');
    const { events } = await run.fetchHistory();
    const completedTasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    await stage.connection.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId, runId: run.firstExecutionRunId },
      reason: 'test',
      requestId: 'reset-1',
      workflowTaskFinishEventId: completedTasks[1]?.eventId ?? null,
    });
    await stage.client.workflow.getHandle(workflowId).result();
    const after = await until('the second end', async () => {
      const spans = await stage.trace(traceId, 'CompleteWorkflow:pipeline');
      return spans.filter(({ name }) => name === 'CompleteWorkflow:pipeline').length === 2 ? spans : undefined;
    });
    expectWhole(after);
    const fresh = after.filter(({ spanId }) => !before.some((span) => span.spanId === spanId)).map(({ name }) => name);
    expect(fresh).toContain('StartActivity:failsOnce');
    expect(fresh).not.toContain('StartActivity:preprocess');
    expect(fresh).not.toContain('RunWorkflow:pipeline');
  });
});

describe('a workflow that goes on in new runs', () => {
  it('stays in the trace and keeps the search attribute, also when it sets attributes of its own', async () => {
    const { traceId } = await stage.inTrace(() =>
      stage.client.workflow.execute('chain', { taskQueue: 'cached', workflowId: 'chain', args: [2] }),
    );
    const spans = await until('three runs', async () => {
      const found = await stage.trace(traceId, 'CompleteWorkflow:chain');
      return found.filter(({ name }) => name === 'CompleteWorkflow:chain').length === 3 ? found : undefined;
    });
    expectWhole(spans);
    expect(spans.filter(({ name }) => name === 'RunWorkflow:chain')).toHaveLength(3);
    expect(spans.filter(({ status }) => status === 'error')).toEqual([]);
    const runs = await until('visibility', async () => {
      const runIds = new Set<string>();
      for await (const { runId } of stage.client.workflow.list({ query: `TraceId = '${traceId}'` })) runIds.add(runId);
      return runIds.size === 3 ? runIds : undefined;
    });
    expect(runs.size).toBe(3);
  });
});
