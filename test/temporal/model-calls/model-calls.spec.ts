import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { ActivityOptions } from '@temporalio/workflow';
import { type Stage, startStage } from '../temporal.harness.ts';
import { completes, fails, startModel, type TestModel } from './model.server.ts';

jest.setTimeout(120_000);

const TASK = { taskQueue: 'model-calls' };

let stage: Stage;
let model: TestModel;
beforeAll(async () => {
  stage = await startStage({ fixtures: new URL('.', import.meta.url) });
  await stage.worker.tell({ do: 'work', ...TASK, traced: true });
});
afterAll(() => stage?.stop());
beforeEach(async () => {
  model = await startModel();
});
afterEach(() => model.close());

/** Starts a workflow that has one activity. */
async function start(
  name: string,
  options: ActivityOptions = {},
): Promise<{ handle: WorkflowHandle; traceId: string }> {
  const workflowId = `model-call-${crypto.randomUUID()}`;
  const { traceId, result: handle } = await stage.inTrace(() =>
    stage.client.workflow.start('calls', { ...TASK, workflowId, args: [name, model.url, options] }),
  );
  return { handle, traceId };
}

/** What the workflow saw of the activity's failure. */
async function failureOf(handle: WorkflowHandle): Promise<unknown> {
  const failed: unknown = await handle.result().then(
    () => undefined,
    (error: unknown) => error,
  );
  return (failed as { cause?: { cause?: unknown } } | undefined)?.cause?.cause;
}

describe('a model call inside an activity', () => {
  it('that can never succeed ends the retries of the activity, with the code as type', async () => {
    model.answers = [fails(400)];
    const { handle } = await start('asks', { retry: { initialInterval: '20ms' } });
    expect(await failureOf(handle)).toMatchObject({
      type: 'ONETRACE_CONNECTOR_STATUS',
      nonRetryable: true,
      message: expect.stringContaining('answered POST /v1/chat/completions with 400: "no" (attempt 1); '),
      details: [{ target: model.url.slice('http://'.length), attempts: 1, status: 400 }],
    });
    expect(model.calls).toHaveLength(1);
  });

  it('that may succeed later is tried again by Temporal, not before the server wants it', async () => {
    model.answers = [fails(503, { 'retry-after': '1' }), completes];
    const { handle, traceId } = await start('asks', { retry: { initialInterval: '10ms' } });
    expect(await handle.result()).toBe('done');
    const [first = 0, second = 0] = model.calls;
    expect(second - first).toBeGreaterThanOrEqual(990);
    const failed = stage.lines(traceId).find(({ message }) => message === 'activity failed');
    expect(failed).toMatchObject({
      level: 'WARN',
      error: { type: 'ONETRACE_CONNECTOR_STATUS' },
      extra: { will_retry: true },
    });
  });

  it('is cancelled with the activity, which ends as cancelled once the server has seen it', async () => {
    model.answers = [() => undefined];
    const called = model.called();
    const { handle, traceId } = await start('asksUntilGone', { heartbeatTimeout: '1s' });
    await called;
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    const spans = await stage.trace(traceId, 'RunActivity:asksUntilGone');
    expect(spans.find(({ name }) => name === 'RunActivity:asksUntilGone')).toMatchObject({
      status: 'unset',
      attributes: { 'temporal.outcome': 'cancelled' },
    });
    expect(spans.find(({ name }) => name === 'chat tiny')).toMatchObject({
      status: 'unset',
      attributes: { 'error.type': 'ONETRACE_CONNECTOR_ABORTED' },
    });
    const cancelled = stage.lines(traceId).find(({ message }) => message === 'model call cancelled');
    expect(cancelled).toMatchObject({ level: 'INFO', extra: { cancelled_by: 'activity' } });
  });

  it('that is detached goes on when the activity is cancelled', async () => {
    const asked = Promise.withResolvers<() => void>();
    model.answers = [(response) => asked.resolve(() => completes(response))];
    const { handle, traceId } = await start('asksDetached', {});
    const answer = await asked.promise;
    await handle.cancel();
    answer();
    await handle.result().catch(() => undefined);
    await stage.trace(traceId, 'RunActivity:asksDetached');
    expect(stage.lines(traceId).map(({ message }) => message)).toContain('model call completed');
  });

  it.each(['asks', 'streams'])('keeps the activity alive while it takes its time: %s', async (name) => {
    const HEARTBEAT_MS = 700;
    model.answers = [
      (response) => {
        if (name === 'asks') return void setTimeout(() => completes(response), 2.5 * HEARTBEAT_MS);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const chunk = (finish: string | null) =>
          `data: ${JSON.stringify({ id: '1', choices: [{ index: 0, delta: {}, finish_reason: finish }] })}\n\n`;
        response.write(chunk(null));
        setTimeout(() => response.end(chunk('stop')), 2.5 * HEARTBEAT_MS);
      },
    ];
    const { handle } = await start(name, { heartbeatTimeout: HEARTBEAT_MS, retry: { maximumAttempts: 1 } });
    expect(await handle.result()).toBe(name === 'asks' ? 'done' : 2);
    expect(model.calls).toHaveLength(1);
  });

  it('leaves to the next attempts what the activity has reported', async () => {
    const HEARTBEAT_MS = 700;
    const late = (response: Parameters<typeof completes>[0]) =>
      void setTimeout(() => fails(503)(response), 1.5 * HEARTBEAT_MS);
    model.answers = [late, late];
    const { handle } = await start('resumes', { heartbeatTimeout: HEARTBEAT_MS, retry: { initialInterval: '10ms' } });
    expect(await handle.result()).toEqual({ step: 3 });
  });
});
