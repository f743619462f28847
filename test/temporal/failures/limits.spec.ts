import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage, until } from '../temporal.harness.ts';
import { expectComplete, flowOf, openSpans } from './told-story.ts';

jest.setTimeout(180_000);

const ROUNDS = 40;
const ACTIVITIES = 8;
const MEMOS = 230;
/** 2 MiB: what the server takes at most as one argument. */
const LARGEST = 2 * 1024 * 1024;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ fixtures: new URL('.', import.meta.url) });
  await stage.worker.tell({ do: 'work', taskQueue: 'failures', traced: true });
});
afterAll(() => stage?.stop());

describe('a history of 10,000 events', () => {
  it('has each of its spans once, goes on in the next run, and derives the same IDs on replay', async () => {
    const workflowId = 'long';
    const { traceId, result: runId } = await stage.inTrace(async () => {
      const args = [ROUNDS, ACTIVITIES, MEMOS];
      const handle = await stage.client.workflow.start('goesOnForLong', { taskQueue: 'failures', workflowId, args });
      await expect(handle.result()).resolves.toBe(workflowId);
      return handle.firstExecutionRunId;
    });
    const { historyLength } = await stage.untracedClient.workflow.getHandle(workflowId, runId).describe();
    expect(historyLength).toBeGreaterThan(10_000);
    await stage.trace(traceId, 'request');
    await until('the end of both runs', () => {
      const ends = stage.spans(traceId).filter(({ name }) => name === 'CompleteWorkflow:goesOnForLong');
      return ends.length === 2 ? ends : undefined;
    });
    const flow = flowOf(stage, traceId);
    expectComplete(flow);
    expect(openSpans(flow)).toEqual([]);
    for (const name of ['StartActivity:answer', 'RunActivity:answer'])
      expect(flow.spans.filter((span) => span.name === name)).toHaveLength(ROUNDS * ACTIVITIES);
    const replayed = (await stage.worker.tell({ do: 'replay', workflowId, runId, traced: true })) as string[];
    const known = new Set(stage.spans(traceId).map(({ spanId }) => spanId));
    expect(replayed.length).toBeGreaterThan(ROUNDS * ACTIVITIES);
    expect(replayed.filter((spanId) => !known.has(spanId))).toEqual([]);
  });
});

it('the largest argument that the server takes is taken with our header as without', async () => {
  const args = ['x'.repeat(LARGEST - 1024)];
  const start = (client: Stage['client'], workflowId: string): Promise<unknown> =>
    client.workflow.execute('takes', { taskQueue: 'failures', workflowId, args });
  await expect(start(stage.untracedClient, 'largest-untraced')).resolves.toBe(LARGEST - 1024);
  const { result } = await stage.inTrace(() => start(stage.client, 'largest-traced'));
  expect(result).toBe(LARGEST - 1024);
});
