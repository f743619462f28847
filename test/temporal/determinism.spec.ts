import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RECORDINGS } from './histories/variants.ts';
import { type Stage, startStage, until } from './temporal.harness.ts';
import { expectWhole } from './whole-trace.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
  await stage.worker.tell({ do: 'work', taskQueue: 'untraced', traced: false, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

/** IDs of the activities, which have in them what the workflow drew. */
async function drawn(workflowId: string): Promise<string[]> {
  const { events } = await stage.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes?.activityId ?? []);
}

/** Everything that comes to a workflow and leaves nothing in its history, between what does. */
async function disturb(taskQueue: string, workflowId: string): Promise<unknown> {
  const handle = await stage.client.workflow.start('draws', { taskQueue, workflowId });
  await expect(handle.query('count')).resolves.toBe(0);
  await expect(handle.executeUpdate('draw')).rejects.toThrow();
  for (const word of ['a', 'b', 'c']) await handle.signal('hear', word);
  await handle.query('count');
  await handle.executeUpdate('draw');
  await handle.query('count');
  await handle.signal('leave');
  return handle.result();
}

describe.each(['cached', 'cacheless'])('a workflow on a %s worker', (taskQueue) => {
  const workflowId = `draws-${taskQueue}`;
  let traceId: string;

  beforeAll(async () => {
    const run = await stage.inTrace(() => disturb(taskQueue, workflowId));
    expect(run.result).toEqual(['a', 'b', 'c']);
    traceId = run.traceId;
  });

  it('draws the same random numbers after queries, refused updates and evictions', async () => {
    const numbers = (await drawn(workflowId)).map((id) => id.split(' ')[1]);
    expect(new Set(numbers).size).toBe(4);
    expect(stage.allLines().filter(({ message }) => /nondeterminism|failed activation/i.test(message))).toEqual([]);
    await stage.worker.tell({ do: 'replay', workflowId, traced: true });
    await expect(stage.worker.tell({ do: 'replay', workflowId, traced: false })).resolves.toEqual([]);
  });

  it('hears signals in the order in which they were sent', async () => {
    expect((await drawn(workflowId)).slice(0, 3).map((text) => text.charAt(0))).toEqual(['a', 'b', 'c']);
  });

  it('has a whole trace, with spans for queries, but none of what a query or a validator does inside', async () => {
    const spans = await stage.trace(traceId, 'CompleteWorkflow:draws');
    expectWhole(spans);
    const names = spans.map(({ name }) => name);
    expect(names.filter((name) => name === 'HandleQuery:count')).toHaveLength(3);
    expect(names).toContain('drawing');
    expect(names).not.toContain('counted by a query');
    expect(names).not.toContain('weighed by a validator');
  });
});

describe('the random numbers and the time of a workflow', () => {
  it('are those that it has without tracing', async () => {
    const workflowId = 'draws-untraced';
    await disturb('untraced', workflowId);
    await stage.worker.tell({ do: 'replay', workflowId, traced: true });
  });

  it('are held by a replay: another number fails it', async () => {
    const workflowId = 'draws-untraced';
    const [, number = ''] = ((await drawn(workflowId))[0] ?? '').split(' ');
    const replacing = { from: number, to: number.replace(/./, 'x') };
    await expect(stage.worker.tell({ do: 'replay', workflowId, traced: true, replacing })).rejects.toThrow(
      /Nondeterminism/,
    );
  });
});

describe.each(RECORDINGS.map(({ name }) => name))('a history recorded %s', (name) => {
  const file = new URL(`histories/test-fixtures/${name}.json`, import.meta.url);
  const runs = JSON.parse(readFileSync(file, 'utf8')) as { workflowId: string; history: unknown }[];

  it.each([true, false])('replays, traced: %p', async (traced) => {
    expect(runs).toHaveLength(2);
    for (const { workflowId, history } of runs) {
      const spanIds = (await stage.worker.tell({ do: 'replay history', history, workflowId, traced })) as string[];
      expect(spanIds.length > 0).toBe(traced);
    }
  });
});

describe('a workflow that moves to another worker and is reset', () => {
  it('keeps the span IDs of its steps', async () => {
    const workflowId = 'moves-and-resets';
    const standard = { do: 'work', traced: true, taskQueue: 'moving' } as const;
    await stage.worker.tell(standard);
    const { traceId } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start('draws', { taskQueue: 'moving', workflowId });
      await handle.signal('hear', 'a');
      await until('the first activity', () =>
        stage.allLines().find((line) => line.message === 'activity completed' && line['workflow_id'] === workflowId),
      );
      await stage.worker.tell({ do: 'end', taskQueue: 'moving' });
      await stage.worker.tell({ ...standard, maxCachedWorkflows: 0 });
      await handle.signal('leave');
      await handle.result();
    });
    const before = await stage.trace(traceId, 'CompleteWorkflow:draws');
    expectWhole(before);
    const replayed = (await stage.worker.tell({ do: 'replay', workflowId, traced: true })) as string[];
    const ofRun = before.filter(
      ({ attributes, name }) =>
        attributes['temporalWorkflowID'] === workflowId && !/^(RunActivity|StartWorkflow|SignalWorkflow)/.test(name),
    );
    expect(ofRun.map(({ spanId }) => spanId).sort()).toEqual([...replayed].sort());
  });
});
