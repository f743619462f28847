import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '@temporalio/client';
import { encodeTracerData } from '../../libs/nestjs-onetrace/src/temporal/workflow/tracer-data.ts';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { type Stage, startStage, until } from './temporal.harness.ts';
import { ancestry, expectWhole } from './whole-trace.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  const standard = { do: 'work', traced: true } as const;
  await stage.worker.tell({ ...standard, taskQueue: 'cached' });
  await stage.worker.tell({ ...standard, taskQueue: 'cacheless', maxCachedWorkflows: 0 });
  const tracing = { runWorkflowSpan: 'onComplete', continueAsNew: 'newTrace' } as const;
  await stage.worker.tell({ ...standard, taskQueue: 'otherwise', tracing, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

const named = (spans: Span[], name: string): Span[] => spans.filter((span) => span.name === name);

describe.each(['cached', 'cacheless'])('what workflow code asks for, on a %s worker', (taskQueue) => {
  const workflowId = `caller-${taskQueue}`;
  const other = `other-${taskQueue}`;
  let spans: Span[];

  beforeAll(async () => {
    const { traceId, result } = await stage.inTrace<unknown>(async () => {
      const listener = await stage.client.workflow.start('listener', { taskQueue, workflowId: other });
      await expect(listener.executeUpdate('change', { args: [''] })).rejects.toThrow();
      await listener.executeUpdate('change', { args: ['x'], updateId: 'to-x' });
      const said: unknown = await stage.client.workflow.execute('overseer', { taskQueue, workflowId, args: [other] });
      await expect(listener.result()).rejects.toThrow();
      await expect(stage.client.workflow.getHandle(`${workflowId}-REQUEST_CANCEL`).result()).rejects.toThrow();
      await stage.client.workflow.getHandle(`${workflowId}-ABANDON`).signal('leave');
      await stage.client.workflow.getHandle(`${workflowId}-ABANDON`).result();
      return said;
    });
    expect(result).toBe('second');
    spans = await until('all ends', async () => {
      const found = await stage.trace(traceId, 'CompleteWorkflow:overseer');
      // The other one, the child that was cancelled, the abandoned one, and the one told to leave.
      return named(found, 'CompleteWorkflow:listener').length === 4 ? found : undefined;
    });
  });

  it('is one whole trace, whatever becomes of the children', () => {
    expectWhole(spans);
    const children = named(spans, 'StartChildWorkflow:listener');
    expect(
      children.map(({ kind, attributes }) => [
        kind,
        attributes['temporal.child_workflow_id'],
        attributes['temporal.parent_close_policy'],
      ]),
    ).toEqual(
      expect.arrayContaining(
        ['TERMINATE', 'ABANDON', 'REQUEST_CANCEL'].map((policy) => ['client', `${workflowId}-${policy}`, policy]),
      ),
    );
    const outcomes = named(spans, 'CompleteWorkflow:listener').map(({ attributes }) => attributes['temporal.outcome']);
    expect(outcomes.sort()).toEqual(['cancelled', 'cancelled', 'completed', 'completed']);
    expect(
      spans
        .filter(({ status }) => status === 'error')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['ValidateUpdate:change']);
  });

  it('shows signals and cancellations of others, and links what they signalled to them', () => {
    const [toOther] = named(spans, 'SignalExternalWorkflow:hello');
    expect(toOther).toMatchObject({ kind: 'client', attributes: { 'temporal.target_workflow_id': other } });
    expect(named(spans, 'HandleSignal:hello').flatMap(({ links }) => links.map(({ spanId }) => spanId))).toEqual([
      toOther?.spanId,
    ]);
    const [toChild] = named(spans, 'SignalChildWorkflow:leave');
    expect(toChild).toMatchObject({
      kind: 'client',
      attributes: { 'temporal.child_workflow_id': `${workflowId}-TERMINATE` },
    });
    expect(named(spans, 'HandleSignal:leave').flatMap(({ links }) => links.map(({ spanId }) => spanId))).toContain(
      toChild?.spanId,
    );
    expect(named(spans, 'CancelExternalWorkflow')).toMatchObject([
      { kind: 'client', attributes: { 'temporal.target_workflow_id': other } },
    ]);
  });

  it('shows a refused update under its sender, and one that was taken linked to it', () => {
    const [refused] = named(spans, 'ValidateUpdate:change');
    expect(refused).toMatchObject({
      kind: 'server',
      statusMessage: 'to what?',
      attributes: { 'error.type': 'NothingGiven' },
    });
    expect(ancestry(spans, refused)).toEqual(['request', 'StartWorkflowUpdate:change', 'ValidateUpdate:change']);
    const [taken] = named(spans, 'HandleUpdate:change');
    expect(taken).toMatchObject({ kind: 'server', attributes: { temporalUpdateID: 'to-x' } });
    const senders = named(spans, 'StartWorkflowUpdate:change').map(({ spanId }) => spanId);
    expect(senders).toContain(taken?.links[0]?.spanId);
  });

  it('has no span for timers and patches, but an event', () => {
    expect(named(spans, 'CompleteWorkflow:overseer')).toMatchObject([
      {
        events: [
          { name: 'timer started', attributes: { 'temporal.timer_ms': 10 } },
          { name: 'patch applied', attributes: { 'temporal.patch_id': 'second-way' } },
        ],
      },
    ]);
  });

  it('replays, with and without tracing', async () => {
    await stage.worker.tell({ do: 'replay', workflowId, traced: true });
    await expect(stage.worker.tell({ do: 'replay', workflowId, traced: false })).resolves.toEqual([]);
  });
});

describe('who asked', () => {
  const asked = { clientId: 'dept-a', pipelineId: 'text-embedding' };

  it('is known to the workflow, its activities and its child', async () => {
    const { result } = await stage.inTrace<unknown>(() =>
      stage.client.workflow.execute('whoAsked', { taskQueue: 'cacheless', workflowId: 'who-asked' }),
    );
    expect(result).toEqual(Array(6).fill(asked));
  });

  it('does not include a user ID that a foreign starter sent unhashed', async () => {
    const header = encodeTracerData({
      traceparent: '00-4af7651916cd43dd8448eb211c803101-0483bfbe9bc6181e-01',
      baggage: 'client_id=dept-a,user_id=ada%40example.org,pipeline_id=text-embedding',
    });
    const foreign = new Client({
      connection: stage.untracedClient.connection,
      interceptors: {
        workflow: [
          {
            startWithDetails: (input, next) =>
              next({ ...input, headers: { ...input.headers, '_tracer-data': header } }),
          },
        ],
      },
    });
    const workflowId = 'foreign-starter';
    await expect(foreign.workflow.execute('whoAsked', { taskQueue: 'cacheless', workflowId })).resolves.toEqual(
      Array(6).fill(asked),
    );
    expect(JSON.stringify(stage.allLines())).not.toContain('ada@');
    const { events } = await foreign.workflow.getHandle(`${workflowId}`).fetchHistory();
    const carried = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
      const data = scheduled?.header?.fields?.['_tracer-data']?.data;
      return data ? [Buffer.from(data).toString()] : [];
    });
    expect(carried).toHaveLength(1);
    expect(carried[0]).toContain('client_id=dept-a,pipeline_id=text-embedding');
  });
});

describe('a workflow that is bundled with other options', () => {
  it('exports its run as one span, with its duration, and no end', async () => {
    const { traceId } = await stage.inTrace(() =>
      stage.client.workflow.execute('spans', { taskQueue: 'otherwise', workflowId: 'whole-run' }),
    );
    const spans = await stage.trace(traceId, 'RunWorkflow:spans');
    expectWhole(spans);
    expect(named(spans, 'CompleteWorkflow:spans')).toEqual([]);
    const [run] = named(spans, 'RunWorkflow:spans') as [Span];
    expect(run.attributes).toMatchObject({ 'temporal.outcome': 'completed' });
    expect(run.endMs - run.startMs).toBeGreaterThanOrEqual(20);
  });

  it('gives each run a trace and a search attribute of its own, linked to the run before', async () => {
    const workflowId = 'own-traces';
    const { traceId, result } = await stage.inTrace<unknown>(() =>
      stage.client.workflow.execute('ownTraces', { taskQueue: 'otherwise', workflowId, args: [2] }),
    );
    const lastTraceId = (result as string[])[0] ?? '';
    expect(lastTraceId).not.toBe(traceId);
    const runs = await until('three runs in three traces', () => {
      const found = stage
        .allSpans()
        .filter(
          ({ name, attributes }) => name === 'RunWorkflow:ownTraces' && attributes['temporalWorkflowID'] === workflowId,
        );
      return found.length === 3 ? found.sort((a, b) => a.startMs - b.startMs) : undefined;
    });
    expect(new Set(runs.map((run) => run.traceId)).size).toBe(3);
    expect([runs[0]?.traceId, runs[2]?.traceId]).toEqual([traceId, lastTraceId]);
    for (const [before, after] of [
      [runs[0], runs[1]],
      [runs[1], runs[2]],
    ]) {
      expect(after?.parentSpanId).toBeUndefined();
      const [step] = stage.spans(before?.traceId ?? '').filter(({ name }) => name === 'ContinueAsNew:ownTraces');
      expect(after?.links).toMatchObject([{ traceId: before?.traceId, spanId: step?.spanId }]);
    }
    for (const run of runs) {
      const found = await until('visibility', async () => {
        const ids: string[] = [];
        for await (const { runId } of stage.client.workflow.list({ query: `TraceId = '${run.traceId}'` }))
          ids.push(runId);
        return ids.length > 0 ? ids : undefined;
      });
      expect(found).toEqual([run.attributes['temporalRunID']]);
    }
    await stage.worker.tell({ do: 'replay', workflowId, traced: true });
  });

  it.each(['whole-run', 'own-traces'])(
    'replays with the standard options, and without tracing: %s',
    async (workflowId) => {
      await stage.worker.tell({ do: 'replay', workflowId, traced: true });
      await stage.worker.tell({ do: 'replay', workflowId, traced: false });
    },
  );
});
