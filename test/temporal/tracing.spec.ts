import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runWithIdentity } from '../../libs/nestjs-onetrace/src/context/index.ts';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { type Stage, startStage, until } from './temporal.harness.ts';
import { ancestry, expectWhole } from './whole-trace.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true, fromPath: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

describe.each(['cached', 'cacheless'])('a workflow on a %s worker', (taskQueue) => {
  const workflowId = `pipeline-${taskQueue}`;
  let traceId: string;
  let spans: Span[];

  beforeAll(async () => {
    const run = await stage.inTrace(() =>
      stage.client.workflow.execute('pipeline', { taskQueue, workflowId, args: [' text '] }),
    );
    expect(run.result).toBe('ANSWER TO TEXT');
    traceId = run.traceId;
    spans = await stage.trace(traceId, 'CompleteWorkflow:pipeline');
  });

  it('is one trace from the caller to the last retry and the child', () => {
    expectWhole(spans);
    expect(spans.map(({ name, kind }) => `${kind} ${name}`).sort()).toEqual(
      [
        'internal request',
        'client StartWorkflow:pipeline',
        'server RunWorkflow:pipeline',
        'client StartActivity:preprocess',
        'server RunActivity:preprocess',
        'client StartActivity:failsOnce',
        'server RunActivity:failsOnce',
        'server RunActivity:failsOnce',
        'client StartActivity:postprocess',
        'server RunActivity:postprocess',
        'client StartChildWorkflow:child',
        'server RunWorkflow:child',
        'client StartActivity:postprocess',
        'server RunActivity:postprocess',
        'internal CompleteWorkflow:child',
        'internal CompleteWorkflow:pipeline',
      ].sort(),
    );
    expect(
      ancestry(
        spans,
        spans.find(({ name }) => name === 'CompleteWorkflow:child'),
      ),
    ).toEqual([
      'request',
      'StartWorkflow:pipeline',
      'RunWorkflow:pipeline',
      'StartChildWorkflow:child',
      'RunWorkflow:child',
      'CompleteWorkflow:child',
    ]);
  });

  it('tells the attempts of a retried activity apart', () => {
    const attempts = spans.filter(({ name }) => name === 'RunActivity:failsOnce');
    expect(attempts.map(({ attributes, status }) => [attributes['temporal.attempt'], status]).sort()).toEqual([
      [1, 'error'],
      [2, 'unset'],
    ]);
    expect(new Set(attempts.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
  });

  it('has its lines under the trace ID: of the client, the workflow, the activities and the SDK', async () => {
    const lines = await until('line of the SDK', () => {
      const found = stage.lines(traceId);
      return found.some(({ message }) => message === 'in the workflow') ? found : undefined;
    });
    const told = (message: string) => lines.filter((line) => line.message === message);
    expect(told('workflow started').map(({ component }) => component)).toEqual(['temporal', 'worker', 'worker']);
    expect(told('workflow completed')).toHaveLength(2);
    expect(told('activity started')).toHaveLength(5);
    expect(told('activity completed')).toHaveLength(4);
    expect(told('activity failed')).toMatchObject([
      { level: 'WARN', activity: 'failsOnce', attempt: 1, error: { type: 'Error', message: '503 from the model' } },
    ]);
    expect(told('in the workflow')).toMatchObject([{ workflow_id: workflowId, client_id: 'dept-a' }]);
    expect(told('in the activity')).toMatchObject([{ workflow_id: workflowId, activity: 'preprocess', attempt: 1 }]);
    expect(lines.filter(({ level }) => level === 'DEBUG')).toEqual([]);
    for (const line of lines) {
      expect(line).toMatchObject({ client_id: 'dept-a', pipeline_id: 'text-embedding', span_id: expect.any(String) });
      if (String(line.message).endsWith('started')) expect(line).toHaveProperty('parent_span_id');
    }
  });

  it('is found by its trace ID, and so is its child', async () => {
    const found = await until('visibility', async () => {
      const ids: string[] = [];
      const query = `TraceId = '${traceId}'`;
      for await (const { workflowId: id } of stage.client.workflow.list({ query })) ids.push(id);
      return ids.length > 1 ? ids.sort() : undefined;
    });
    expect(found).toEqual([workflowId, `${workflowId}-child`]);
  });

  it('derives the same span IDs when its history is replayed', async () => {
    const replayed = await stage.worker.tell({ do: 'replay', workflowId, traced: true });
    const exported = spans
      .filter(
        ({ attributes, name }) => attributes['temporalWorkflowID'] === workflowId && !name.startsWith('RunActivity'),
      )
      .filter(({ name }) => name !== 'StartWorkflow:pipeline')
      .map(({ spanId }) => spanId);
    expect([...(replayed as string[])].sort()).toEqual(exported.sort());
  });

  it('replays on a worker that knows nothing of tracing', async () => {
    await expect(stage.worker.tell({ do: 'replay', workflowId, traced: false })).resolves.toEqual([]);
  });
});

it("writes the details that the SDK's own loggers are told in a flow that asks for them", async () => {
  const { traceId } = await stage.inTrace(() =>
    runWithIdentity({ logLevel: 'debug' }, () =>
      stage.client.workflow.execute('pipeline', { taskQueue: 'cached', workflowId: 'in-detail', args: ['x'] }),
    ),
  );
  const details = ['a detail of the activity', 'a detail of the workflow'];
  const told = await until('details', () => {
    const found = stage.lines(traceId).filter(({ message }) => details.includes(String(message)));
    return found.length === details.length ? found : undefined;
  });
  expect(told.map(({ level }) => level)).toEqual(['DEBUG', 'DEBUG']);
  for (const line of told) expect(JSON.stringify(line)).not.toContain('log_level');
});

describe('a workflow that fails', () => {
  it.each([
    ['application', 'ModelMissing', 'no such model'],
    ['activity', 'TypeError', 'Activity task failed: the model hung up'],
  ])('says why: %s', async (kind, type, message) => {
    const workflowId = `failing-${kind}`;
    const { traceId } = await stage.inTrace(() =>
      expect(
        stage.client.workflow.execute('failing', { taskQueue: 'cached', workflowId, args: [kind] }),
      ).rejects.toThrow(),
    );
    const spans = await stage.trace(traceId, 'CompleteWorkflow:failing');
    expectWhole(spans);
    expect(spans.find(({ name }) => name === 'CompleteWorkflow:failing')).toMatchObject({
      status: 'error',
      statusMessage: message,
    });
    expect(stage.lines(traceId).find((line) => line.message === 'workflow failed')).toMatchObject({
      level: 'ERROR',
      workflow_id: workflowId,
      error: { type, message },
    });
    const levels = stage.lines(traceId).filter((line) => line.message === 'activity failed');
    expect(levels.map(({ level }) => level)).toEqual(kind === 'activity' ? ['WARN', 'WARN', 'ERROR'] : []);
  });
});

describe('an unsampled trace', () => {
  it('has no spans, and the same trace ID in every line', async () => {
    const workflowId = 'unsampled';
    const { traceId } = await stage.inTrace(
      () => stage.client.workflow.execute('pipeline', { taskQueue: 'cached', workflowId, args: ['x'] }),
      { sampled: false },
    );
    // A later trace has arrived completely, so that this one would have too.
    const later = await stage.inTrace(() =>
      stage.client.workflow.execute('child', { taskQueue: 'cached', workflowId: 'later', args: ['x'] }),
    );
    await stage.trace(later.traceId, 'CompleteWorkflow:child');
    expect(stage.spans(traceId)).toEqual([]);
    const messages = stage.lines(traceId).map(({ message }) => message);
    expect(messages.filter((message) => message === 'activity completed')).toHaveLength(4);
    expect(messages).toContain('workflow completed');
  });
});
