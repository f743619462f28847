import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { type Stage, startStage, until } from './temporal.harness.ts';
import { ancestry, expectWhole } from './whole-trace.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
  await stage.worker.tell({ do: 'work', taskQueue: 'untraced', traced: false });
});
afterAll(() => stage?.stop());

const named = (spans: Span[], name: string): Span[] => spans.filter((span) => span.name === name);
const lengthMs = ({ startMs, endMs }: Span): number => endMs - startMs;

describe.each(['cached', 'cacheless'])('withSpan, on a %s worker', (taskQueue) => {
  const workflowId = `spans-${taskQueue}`;
  let traceId: string;
  let spans: Span[];

  beforeAll(async () => {
    const run = await stage.inTrace(() => stage.client.workflow.execute('spans', { taskQueue, workflowId }));
    expect(run.result).toEqual(['A', 'B', '1', 'CHILD']);
    traceId = run.traceId;
    spans = await stage.trace(traceId, 'CompleteWorkflow:spans');
  });

  it('gives each part of a workflow one span, as long as it takes', () => {
    expectWhole(spans);
    const count = (name: string) => named(spans, name).length;
    expect(['prepare', 'branch', 'inner', 'fails', 'throws', 'at once'].map(count)).toEqual([1, 2, 2, 1, 1, 1]);
    const [prepare] = named(spans, 'prepare');
    expect(prepare).toMatchObject({
      kind: 'internal',
      status: 'unset',
      attributes: { rows: 2, temporalWorkflowID: workflowId },
    });
    expect(lengthMs(prepare as Span)).toBeGreaterThanOrEqual(20);
    expect(lengthMs(named(spans, 'at once')[0] as Span)).toBe(0);
    expect(
      named(spans, 'branch').map(({ attributes }) => [attributes['text'], attributes['last'], attributes['share']]),
    ).toEqual(
      expect.arrayContaining([
        [' a ', false, 0.5],
        [' b ', true, 0.5],
      ]),
    );
    for (const { attributes } of named(spans, 'branch')) expect(attributes).not.toHaveProperty('left');
  });

  it('is the parent of what is started inside, after an await and in parallel branches', () => {
    const run = ['request', 'StartWorkflow:spans', 'RunWorkflow:spans'];
    const paths = (name: string) => named(spans, name).map((span) => ancestry(spans, span).slice(run.length));
    const branch = ['prepare', 'branch'];
    expect(paths('RunActivity:preprocess')).toEqual(
      Array(2).fill([...branch, 'StartActivity:preprocess', 'RunActivity:preprocess']),
    );
    const inner = [...branch, 'inner', 'StartActivity:postprocess', 'RunActivity:postprocess'];
    const child = ['prepare', 'StartChildWorkflow:spanlessChild', 'RunWorkflow:spanlessChild'];
    expect(paths('RunActivity:postprocess').sort()).toEqual(
      [inner, inner, [...child, 'StartActivity:postprocess', 'RunActivity:postprocess']].sort(),
    );
    const owners = named(spans, 'RunActivity:preprocess').map((span) =>
      ancestors(spans, span).map(({ spanId }) => spanId),
    );
    expect(new Set(owners.flat().filter((id) => named(spans, 'branch').some(({ spanId }) => spanId === id))).size).toBe(
      2,
    );
    expect(paths('CompleteWorkflow:spans')).toEqual([['CompleteWorkflow:spans']]);
  });

  it('has the error of what fails inside, which the caller gets', () => {
    expect(named(spans, 'fails')[0]).toMatchObject({
      status: 'error',
      statusMessage: 'no such model',
      attributes: { 'error.type': 'ModelMissing' },
      events: [
        { name: 'timer started', attributes: { 'temporal.timer_ms': 1 } },
        { name: 'exception', attributes: { 'exception.type': 'ModelMissing', 'exception.message': 'no such model' } },
      ],
    });
    expect(named(spans, 'throws')[0]).toMatchObject({ status: 'error', statusMessage: 'at once' });
  });

  it('is told by lines inside, and once by one of its own that lets it be put back', () => {
    const [prepare] = named(spans, 'prepare');
    const of = (message: string) => stage.lines(traceId).filter((line) => line.message === message);
    expect(of('in the span')).toMatchObject([{ span_id: prepare?.spanId, client_id: 'dept-a' }]);
    expect(of('workflow span started').filter((line) => line['span_id'] === prepare?.spanId)).toMatchObject([
      { parent_span_id: prepare?.parentSpanId, extra: { span_name: 'prepare' } },
    ]);
  });

  it('derives the same IDs on replay', async () => {
    const replayed = (await stage.worker.tell({ do: 'replay', workflowId, traced: true })) as string[];
    const exported = ['prepare', 'branch', 'inner', 'fails', 'throws', 'at once'].flatMap((name) => named(spans, name));
    expect(replayed).toEqual(expect.arrayContaining(exported.map(({ spanId }) => spanId)));
  });

  it('leaves nothing in the history that a worker without tracing would miss', async () => {
    await expect(stage.worker.tell({ do: 'replay', workflowId, traced: false })).resolves.toEqual([]);
  });
});

describe('withSpan', () => {
  it('just runs its function where nothing traces', async () => {
    const workflowId = 'spans-untraced';
    const start = { taskQueue: 'untraced', workflowId };
    await expect(stage.untracedClient.workflow.execute('spans', start)).resolves.toEqual(['A', 'B', '1', 'CHILD']);
    await stage.worker.tell({ do: 'replay', workflowId, traced: true });
  });

  it('ends, as unfinished, with the workflow that leaves it open', async () => {
    const { traceId } = await stage.inTrace(() =>
      stage.client.workflow.execute('leavesSpanOpen', { taskQueue: 'cached', workflowId: 'leaves-open' }),
    );
    const spans = await stage.trace(traceId, 'CompleteWorkflow:leavesSpanOpen');
    expectWhole(spans);
    expect(named(spans, 'never ends')).toMatchObject([
      { status: 'unset', attributes: { 'temporal.outcome': 'unfinished' } },
    ]);
  });

  it('is put back by its line when the workflow is terminated inside', async () => {
    const { traceId } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start('waits', {
        taskQueue: 'cached',
        workflowId: 'terminated-inside',
      });
      await until('the span', () =>
        stage
          .allLines()
          .find(({ message, workflow_id }) => message === 'activity completed' && workflow_id === handle.workflowId),
      );
      await handle.terminate();
    });
    const spans = await stage.trace(traceId, 'RunActivity:preprocess');
    const [activity] = named(spans, 'StartActivity:preprocess');
    expect(named(spans, 'waiting')).toEqual([]);
    expect(stage.lines(traceId).find(({ message }) => message === 'workflow span started')).toMatchObject({
      span_id: activity?.parentSpanId,
      parent_span_id: named(spans, 'RunWorkflow:waits')[0]?.spanId,
      extra: { span_name: 'waiting' },
    });
  });

  it('goes on after a move to another worker, and is exported once', async () => {
    await stage.worker.tell({ do: 'work', taskQueue: 'moving', traced: true });
    const { traceId } = await stage.inTrace(async () => {
      const handle = await stage.client.workflow.start('waits', { taskQueue: 'moving', workflowId: 'moves' });
      await until('the span', () =>
        stage
          .allLines()
          .find(({ message, workflow_id }) => message === 'activity completed' && workflow_id === 'moves'),
      );
      await stage.worker.tell({ do: 'end', taskQueue: 'moving' });
      await handle.signal('leave');
      await stage.worker.tell({ do: 'work', taskQueue: 'moving', traced: true, maxCachedWorkflows: 0 });
      await handle.result();
    });
    const spans = await stage.trace(traceId, 'CompleteWorkflow:waits');
    expectWhole(spans);
    expect(named(spans, 'waiting')).toHaveLength(1);
  });
});

function ancestors(spans: Span[], span: Span): Span[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [] : [parent, ...ancestors(spans, parent)];
}
