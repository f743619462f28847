import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { type Stage, startStage, until } from './temporal.harness.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true, fromPath: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

/** One root, no parent that is not there, no span twice. */
function expectWhole(spans: Span[]): void {
  const ids = spans.map(({ spanId }) => spanId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name)).toEqual(['request']);
  const dangling = spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.includes(parentSpanId));
  expect(dangling.map(({ name }) => name)).toEqual([]);
}

function ancestry(spans: Span[], span: Span | undefined): string[] {
  const names: string[] = [];
  for (let at = span; at !== undefined; at = spans.find(({ spanId }) => spanId === at?.parentSpanId))
    names.push(at.name);
  return names.reverse();
}

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
