import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type WorkflowHandle, WithStartWorkflowOperation } from '@temporalio/client';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { type Stage, startStage } from './temporal.harness.ts';
import { expectWhole } from './whole-trace.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

function named(spans: Span[], name: string): Span[] {
  return spans.filter((span) => span.name === name);
}

function linksOf(spans: Span[], name: string): string[] {
  return named(spans, name).flatMap(({ links }) => links.map(({ spanId }) => spanId));
}

/** Starts a conversation in one request. */
async function converse(taskQueue: string, workflowId: string) {
  const { traceId, result: handle } = await stage.inTrace(() =>
    stage.client.workflow.start('conversation', { taskQueue, workflowId }),
  );
  return { traceId, handle: handle as WorkflowHandle };
}

/** Does something in a request of its own; gives the spans of that. */
async function elsewhere(run: () => Promise<unknown>): Promise<Span[]> {
  const { traceId } = await stage.inTrace(run);
  const spans = await stage.trace(traceId, 'request');
  expectWhole(spans);
  return spans;
}

describe.each(['cached', 'cacheless'])('who talks to a workflow from another trace, on a %s worker', (taskQueue) => {
  it('finds the call there, and is linked from its handling in the trace of the workflow', async () => {
    const { traceId, handle } = await converse(taskQueue, `talk-${taskQueue}`);
    const signalled = await elsewhere(() => handle.signal('say', 'a'));
    const updated = await elsewhere(() => handle.executeUpdate('propose', { args: ['b'] }));
    const accepted = await elsewhere(async () => {
      const update = await handle.startUpdate<number, [string]>('propose', { args: ['c'], waitForStage: 'ACCEPTED' });
      await expect(update.result()).resolves.toBe(3);
    });
    // Somebody who knows nothing of tracing.
    await stage.untracedClient.workflow.getHandle(handle.workflowId).signal('leave');
    await handle.result();
    const spans = await stage.trace(traceId, 'CompleteWorkflow:conversation');
    expectWhole(spans);
    const [signal] = named(signalled, 'SignalWorkflow:say');
    const [update] = named(updated, 'StartWorkflowUpdate:propose');
    const [async] = named(accepted, 'StartWorkflowUpdate:propose');
    for (const call of [signal, update, async])
      expect(call).toMatchObject({ kind: 'client', attributes: { temporalWorkflowID: `talk-${taskQueue}` } });
    expect(linksOf(spans, 'HandleSignal:say')).toEqual([signal?.spanId]);
    expect(linksOf(spans, 'HandleUpdate:propose')).toEqual([update?.spanId, async?.spanId]);
    expect(linksOf(spans, 'HandleSignal:leave')).toEqual([]);
    const handlings = spans.filter(({ name }) => name.startsWith('Handle'));
    expect(handlings.map(({ kind }) => kind)).toEqual(['server', 'server', 'server', 'server']);
  });

  it('sees that an update was rejected, and the workflow has no trace of it', async () => {
    const { traceId, handle } = await converse(taskQueue, `rejected-${taskQueue}`);
    const rejected = await elsewhere(() =>
      expect(handle.executeUpdate('propose', { args: [''] })).rejects.toMatchObject({
        cause: { message: 'say something' },
      }),
    );
    expect(named(rejected, 'StartWorkflowUpdate:propose')).toHaveLength(1);
    await handle.signal('leave');
    await handle.result();
    const spans = await stage.trace(traceId, 'CompleteWorkflow:conversation');
    expect(named(spans, 'HandleUpdate:propose')).toEqual([]);
    expect(spans.filter(({ status }) => status === 'error')).toEqual([]);
  });

  it('is the parent of the run that it starts, and is linked from the handling', async () => {
    const options = { taskQueue, args: [] as [] };
    const { traceId } = await stage.inTrace(async () => {
      const signalled = await stage.client.workflow.signalWithStart('conversation', {
        ...options,
        workflowId: `signalled-${taskQueue}`,
        signal: 'say',
        signalArgs: ['x'],
      });
      await signalled.signal('leave');
      await signalled.result();
    });
    const signalled = await stage.trace(traceId, 'CompleteWorkflow:conversation');
    expectWhole(signalled);
    const [start] = named(signalled, 'SignalWithStartWorkflow:conversation');
    expect(start).toMatchObject({ kind: 'client' });
    expect(named(signalled, 'RunWorkflow:conversation')[0]?.parentSpanId).toBe(start?.spanId);
    expect(linksOf(signalled, 'HandleSignal:say')).toEqual([start?.spanId]);

    const updating = await stage.inTrace(async () => {
      const startWorkflowOperation = new WithStartWorkflowOperation('conversation', {
        ...options,
        workflowId: `updated-${taskQueue}`,
        workflowIdConflictPolicy: 'FAIL',
      });
      await stage.client.workflow.executeUpdateWithStart('propose', { startWorkflowOperation, args: ['x'] });
      const handle = await startWorkflowOperation.workflowHandle();
      await handle.signal('leave');
      await handle.result();
    });
    const updated = await stage.trace(updating.traceId, 'CompleteWorkflow:conversation');
    expectWhole(updated);
    const [updateStart] = named(updated, 'UpdateWithStartWorkflow:conversation');
    expect(named(updated, 'RunWorkflow:conversation')[0]?.parentSpanId).toBe(updateStart?.spanId);
    expect(linksOf(updated, 'HandleUpdate:propose')).toEqual([updateStart?.spanId]);
  });

  it('leaves whole traces where it cancels or terminates, and describes', async () => {
    for (const [end, name, outcome] of [
      ['cancel', 'CancelWorkflow', 'cancelled'],
      ['terminate', 'TerminateWorkflow', undefined],
    ] as const) {
      const workflowId = `${end}-${taskQueue}`;
      const { traceId, handle } = await converse(taskQueue, workflowId);
      await handle.query('said');
      const ended = await elsewhere(async () => {
        await handle.describe();
        await handle[end]();
        await expect(handle.result()).rejects.toThrow();
      });
      for (const call of ['DescribeWorkflow', name])
        expect(named(ended, call)).toMatchObject([{ kind: 'client', attributes: { temporalWorkflowID: workflowId } }]);
      const last = outcome === undefined ? 'RunWorkflow:conversation' : 'CompleteWorkflow:conversation';
      const spans = await stage.trace(traceId, last);
      expectWhole(spans);
      expect(spans.filter(({ status }) => status === 'error')).toEqual([]);
      const ends = named(spans, 'CompleteWorkflow:conversation');
      expect(ends.map(({ attributes }) => attributes['temporal.outcome'])).toEqual(
        outcome === undefined ? [] : [outcome],
      );
    }
  });
});
