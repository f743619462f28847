import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage, until } from '../temporal.harness.ts';
import type { Line } from '../worker.process.ts';
import { expectComplete, flowOf, openSpans, story } from './told-story.ts';

jest.setTimeout(120_000);

const TASK = { taskQueue: 'failures' };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ fixtures: new URL('.', import.meta.url) });
  await stage.worker.tell({ do: 'work', ...TASK, traced: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

/** Runs the workflow that calls one activity; gives its trace, and what it ended with. */
async function called(name: string, options: object = {}): Promise<{ traceId: string; error: unknown }> {
  const { traceId, result: error } = await stage.inTrace(() =>
    stage.client.workflow.execute('calls', { ...TASK, workflowId: `calls-${name}`, args: [name, options] }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );
  await stage.trace(traceId, 'CompleteWorkflow:calls');
  return { traceId, error };
}

const linesOf = (traceId: string, message: string): Line[] =>
  stage.lines(traceId).filter((line) => line.message === message);

describe('a poison activity', () => {
  it.each([
    ['fails', 'the model hung up', ['WARN', 'ERROR'], 'TypeError'],
    ['refuses', 'no such model', ['ERROR'], 'ApplicationFailure'],
    ['throwsText', 'only words', ['WARN', 'ERROR'], undefined],
    ['throwsNothing', undefined, ['WARN', 'ERROR'], undefined],
  ])(
    '%s: each attempt is a span under one StartActivity, and the last line is the error',
    async (name, words, levels, type) => {
      const { traceId, error } = await called(name);
      expect(error).toBeDefined();
      const flow = flowOf(stage, traceId);
      expectComplete(flow);
      expect(openSpans(flow)).toEqual([]);
      expect(flow.outcome.kind).toBe('failed');
      const attempts = flow.spans.filter((span) => span.name === `RunActivity:${name}`);
      expect(attempts.map(({ attempt, failed }) => [attempt, failed])).toEqual(levels.map((_, at) => [at + 1, true]));
      expect(new Set(attempts.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
      const lines = linesOf(traceId, 'activity failed');
      expect(lines.map(({ level, attempt }) => [level, attempt])).toEqual(levels.map((level, at) => [level, at + 1]));
      if (type !== undefined) expect(lines.at(-1)).toMatchObject({ error: { type, message: words } });
      if (words !== undefined) expect(story(flow)).toContain(words);
    },
  );

  it('that fails benignly is no error, nor is one that somebody else completes', async () => {
    const busy = await called('isBusy');
    expect(flowOf(stage, busy.traceId).spans.find(({ name }) => name === 'RunActivity:isBusy')).toMatchObject({
      status: 'unset',
      attributes: { 'temporal.outcome': 'failed benignly' },
    });
    expect(linesOf(busy.traceId, 'activity failed').map(({ level }) => level)).toEqual(['INFO']);
    const open = await called('isLeftOpen', { startToCloseTimeout: '500ms', retry: { maximumAttempts: 1 } });
    const flow = flowOf(stage, open.traceId);
    expectComplete(flow);
    expect(flow.spans.find(({ name }) => name === 'RunActivity:isLeftOpen')).toMatchObject({
      status: 'unset',
      attributes: { 'temporal.outcome': 'completes asynchronously' },
    });
  });

  it('a workflow that gives up benignly is no error', async () => {
    const { traceId } = await stage.inTrace(() =>
      expect(stage.client.workflow.execute('givesUp', { ...TASK, workflowId: 'gives-up' })).rejects.toThrow(),
    );
    await stage.trace(traceId, 'CompleteWorkflow:givesUp');
    const flow = flowOf(stage, traceId);
    expectComplete(flow);
    expect(flow.spans.filter(({ status }) => status === 'error')).toEqual([]);
    expect(linesOf(traceId, 'workflow failed').map(({ level }) => level)).toEqual(['INFO']);
  });
});

describe('a workflow task that fails again and again', () => {
  it.each([
    ['because the history tells another story', 'forgets', 'cacheless', /nondeterminism/i],
    ['because of a bug', 'stumbles', 'failures', /undefined is not a pipeline/],
  ])('%s: one line says why, and the trace stays whole', async (_why, type, taskQueue, words) => {
    const { traceId } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start(type, {
        taskQueue,
        workflowId: `task-${type}`,
        workflowTaskTimeout: '1s',
      });
      await until('the third failure', async () => {
        const { raw } = await stage.untracedClient.workflow.getHandle(handle.workflowId).describe();
        return Number(raw.pendingWorkflowTask?.attempt ?? 0) >= 3 ? 1 : undefined;
      });
      await handle.terminate('seen enough');
    });
    await stage.trace(traceId, 'TerminateWorkflow');
    const flow = flowOf(stage, traceId);
    const told = stage.lines(traceId).filter(({ level }) => level === 'WARN' || level === 'ERROR');
    expectComplete(flow);
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told[0])).toMatch(words);
    expect(told[0]).toMatchObject({ workflow_id: `task-${type}`, run_id: expect.any(String), client_id: 'dept-a' });
    expect(story(flow)).toMatch(words);
    for (const message of ['activity requested', 'activity completed'])
      expect(linesOf(traceId, message)).toHaveLength(1);
  });
});

describe('what breaks beside the trace', () => {
  it("a sink of the user's that throws leaves ours alone", async () => {
    const { traceId } = await stage.inTrace(() =>
      stage.client.workflow.execute('tells', { ...TASK, workflowId: 'sink-throws' }),
    );
    await stage.trace(traceId, 'CompleteWorkflow:tells');
    const flow = flowOf(stage, traceId);
    expectComplete(flow);
    expect(flow.outcome.kind).toBe('ok');
    const told = stage.lines(traceId).filter(({ level }) => level === 'ERROR');
    expect(told).toMatchObject([{ error: { message: 'the sink overflowed' }, workflow_id: 'sink-throws' }]);
    expect(JSON.stringify(told)).not.toContain('searchAttributes');
  });

  it('an exporter that hangs holds no workflow up, and the lines tell the whole story', async () => {
    const { createServer } = await import('node:http');
    const deaf = createServer(() => undefined);
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    try {
      const address = deaf.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const cut = await stage.startWorker({ OTLP_URL: `http://127.0.0.1:${port}` });
      await cut.tell({ do: 'work', taskQueue: 'cut-off', traced: true });
      const { traceId, result } = await stage.inTrace<unknown>(() =>
        stage.client.workflow.execute('calls', {
          taskQueue: 'cut-off',
          workflowId: 'cut-off',
          args: ['answer', {}, 'x'],
        }),
      );
      expect(result).toBe('X');
      await cut.stop();
      await stage.trace(traceId, 'request');
      const flow = flowOf(stage, traceId);
      expectComplete(flow);
      expect(openSpans(flow)).toEqual([]);
      expect(
        flow.spans
          .filter(({ rebuilt }) => rebuilt)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(['CompleteWorkflow:calls', 'RunActivity:answer', 'RunWorkflow:calls', 'StartActivity:answer']);
    } finally {
      deaf.closeAllConnections();
      deaf.close();
    }
  });
});
