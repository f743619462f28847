import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActivityCancelledError, ActivityNotFoundError } from '@temporalio/client';
import { currentTraceCarrier, tracedAsyncCompletion } from '../../libs/nestjs-onetrace/src/temporal/index.ts';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import type { HandedOver } from './deferred-activity.fixture.ts';
import { type Stage, startStage, until } from './temporal.harness.ts';
import { ancestry, expectWhole } from './whole-trace.ts';

jest.setTimeout(120_000);

let stage: Stage;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-deferred-'));
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(async () => {
  await stage?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a workflow in a request and waits until its activity has handed itself over. */
async function defer(workflowId: string, taskQueue = 'cached') {
  const file = join(folder, workflowId);
  const { traceId, result: handle } = await stage.inTrace(() =>
    stage.client.workflow.start('deferred', { taskQueue, workflowId, args: [file] }),
  );
  return { traceId, handle, handedOver: (attempt = 1) => handedOver(`${file}.${attempt}`) };
}

function handedOver(file: string): Promise<HandedOver & { token: Uint8Array }> {
  return until(file, async () => {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const one = JSON.parse(text) as HandedOver;
    return { ...one, token: new Uint8Array(Buffer.from(one.taskToken, 'base64')) };
  });
}

function named(spans: Span[], name: string): Span | undefined {
  return spans.find((span) => span.name === name);
}

describe('an activity that somebody else completes', () => {
  it.each(['cached', 'cacheless'])('is one trace with its completion by task token, on a %s worker', async (queue) => {
    const { traceId, handle, handedOver } = await defer(`by-token-${queue}`, queue);
    const { token, carrier } = await handedOver();
    await tracedAsyncCompletion(stage.client.activity, { activity: carrier }).complete(token, 'done');
    await expect(handle.result()).resolves.toBe('done');
    const spans = await stage.trace(traceId, 'CompleteWorkflow:deferred');
    expectWhole(spans);
    expect(ancestry(spans, named(spans, 'CompleteActivity')).slice(-3)).toEqual([
      'StartActivity:completedLater',
      'RunActivity:completedLater',
      'CompleteActivity',
    ]);
    expect(named(spans, 'CompleteActivity')).toMatchObject({ kind: 'client', status: 'unset' });
    expect(named(spans, 'RunActivity:completedLater')).toMatchObject({
      status: 'unset',
      attributes: { 'temporal.outcome': 'completes asynchronously' },
    });
    const [line] = stage.lines(traceId).filter(({ message }) => message === 'activity completed');
    expect(line).toMatchObject({ level: 'INFO', extra: { outcome: 'completes asynchronously' } });
  });

  it('is linked from the request that completes it by ID, which stays a trace of its own', async () => {
    const { traceId, handle, handedOver } = await defer('by-id');
    const { activityId, carrier } = await handedOver();
    const completing = await stage.inTrace(() =>
      tracedAsyncCompletion(stage.client.activity, { activity: carrier }).complete(
        { workflowId: 'by-id', activityId },
        'done',
      ),
    );
    await expect(handle.result()).resolves.toBe('done');
    const activity = named(await stage.trace(traceId, 'CompleteWorkflow:deferred'), 'RunActivity:completedLater');
    const spans = await stage.trace(completing.traceId, 'request');
    expectWhole(spans);
    expect(named(spans, 'CompleteActivity')).toMatchObject({
      attributes: { temporalWorkflowID: 'by-id', temporalActivityID: activityId },
      links: [{ traceId, spanId: activity?.spanId }],
    });
  });

  it('shows each failure and the attempt that followed, and heartbeats without a span', async () => {
    const { traceId, handle, handedOver } = await defer('failed');
    const first = await handedOver();
    const completion = tracedAsyncCompletion(stage.client.activity, { activity: first.carrier });
    await completion.heartbeat(first.token, 'half');
    await completion.fail(first.token, new Error('no answer'));
    const second = await handedOver(2);
    await tracedAsyncCompletion(stage.client.activity, { activity: second.carrier }).complete(second.token, 'done');
    await handle.result();
    const spans = await stage.trace(traceId, 'CompleteWorkflow:deferred');
    expectWhole(spans);
    expect(spans.filter(({ name }) => name === 'RunActivity:completedLater')).toHaveLength(2);
    expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['FailActivity', 'CompleteActivity']));
    expect(spans.map(({ name }) => name).filter((name) => name.includes('eartbeat'))).toEqual([]);
  });

  it('shows a cancellation that is reported', async () => {
    const { traceId, handle, handedOver } = await defer('cancelled');
    const { token, carrier } = await handedOver();
    const completion = tracedAsyncCompletion(stage.client.activity, { activity: carrier });
    await handle.cancel();
    await until('the cancellation', () =>
      completion.heartbeat(token).then(
        () => undefined,
        (error: unknown) => (error instanceof ActivityCancelledError ? error : undefined),
      ),
    );
    await completion.reportCancellation(token);
    await expect(handle.result()).rejects.toThrow();
    const spans = await stage.trace(traceId, 'CompleteWorkflow:deferred');
    expectWhole(spans.filter(({ name }) => name !== 'CancelWorkflow'));
    expect(ancestry(spans, named(spans, 'ReportActivityCancellation')).at(-2)).toBe('RunActivity:completedLater');
    expect(spans.filter(({ status }) => status === 'error')).toEqual([]);
  });
});

describe('a completion that fails', () => {
  it('shows why, and the error of the SDK passes through', async () => {
    const { traceId } = await stage.inTrace(() =>
      expect(
        tracedAsyncCompletion(stage.client.activity).complete({ workflowId: 'nobody', activityId: '1' }, 'done'),
      ).rejects.toThrow(ActivityNotFoundError),
    );
    const spans = await stage.trace(traceId, 'request');
    expect(named(spans, 'CompleteActivity')).toMatchObject({ status: 'error', links: [] });
  });

  it('ignores what is no carrier', async () => {
    const completion = tracedAsyncCompletion(stage.client.activity, { activity: { traceparent: 'nonsense' } });
    await expect(completion.fail({ workflowId: 'nobody', activityId: '1' }, 'why')).rejects.toThrow(
      ActivityNotFoundError,
    );
    expect(currentTraceCarrier()).toEqual({});
  });
});
