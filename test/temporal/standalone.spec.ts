import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tracedAsyncCompletion } from '../../libs/nestjs-onetrace/src/temporal/index.ts';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { modelService } from './nexus-service.fixture.ts';
import { type Stage, startStage } from './temporal.harness.ts';
import { ancestry, expectWhole } from './whole-trace.ts';

jest.setTimeout(120_000);

// Older servers (1.29) know neither: then the calls are refused, which has to be seen as well.
let can: { activities: boolean; nexus: boolean };
let stage: Stage;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-standalone-'));
  stage = await startStage();
  const { namespaceInfo } = await stage.connection.workflowService.describeNamespace({ namespace: 'default' });
  const { standaloneActivities, standaloneNexusOperation } = namespaceInfo?.capabilities ?? {};
  can = { activities: standaloneActivities === true, nexus: standaloneNexusOperation === true };
  await stage.connection.operatorService.createNexusEndpoint({
    spec: { name: 'models', target: { worker: { namespace: 'default', taskQueue: 'cached' } } },
  });
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true, nexus: true });
});
afterAll(async () => {
  await stage?.stop();
  await rm(folder, { recursive: true, force: true });
});

function named(spans: Span[], name: string): Span[] {
  return spans.filter((span) => span.name === name);
}

const options = (id: string, args: unknown[]) => ({
  id,
  args,
  taskQueue: 'cached',
  startToCloseTimeout: '30s',
  retry: { initialInterval: '50ms' },
});

/** What a server that does not know the call leaves: the error for the caller, and a failed span. */
async function expectRefused(name: string, run: () => Promise<unknown>): Promise<void> {
  const { traceId } = await stage.inTrace(() => expect(run()).rejects.toMatchObject({ cause: { code: 12 } }));
  const spans = await stage.trace(traceId, 'request');
  expectWhole(spans);
  expect(named(spans, name)).toMatchObject([{ kind: 'client', status: 'error' }]);
}

describe('an activity without a workflow', () => {
  it('runs in the trace of who started it, each attempt', async () => {
    const start = () => stage.client.activity.execute<string>('failsOnce', options('alone', ['x']));
    if (!can.activities) return expectRefused('StartActivity:failsOnce', start);
    const { traceId, result } = await stage.inTrace(start);
    expect(result).toBe('answer to x');
    const spans = await stage.trace(traceId, 'request');
    await stage.trace(traceId, 'RunActivity:failsOnce');
    expectWhole(spans);
    const attempts = named(stage.spans(traceId), 'RunActivity:failsOnce');
    expect(attempts.map(({ status }) => status).sort()).toEqual(['error', 'unset']);
    for (const attempt of attempts) {
      expect(ancestry(stage.spans(traceId), attempt)).toEqual([
        'request',
        'StartActivity:failsOnce',
        'RunActivity:failsOnce',
      ]);
      expect(attempt.attributes).toMatchObject({ temporalActivityID: 'alone', 'temporal.task_queue': 'cached' });
      expect(attempt.attributes).not.toHaveProperty('temporalWorkflowID');
    }
    const lines = stage.lines(traceId).filter(({ activity }) => activity === 'failsOnce');
    expect(lines.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['activity failed', 'activity completed']),
    );
    for (const line of lines) expect(line).toMatchObject({ client_id: 'dept-a', pipeline_id: 'text-embedding' });
  });

  it('shows what its client asks of it', async () => {
    const start = (id: string) =>
      stage.client.activity.start<string>('completedLater', options(id, [join(folder, id)]));
    if (!can.activities) return expectRefused('StartActivity:completedLater', () => start('asked'));
    const { traceId } = await stage.inTrace(async () => {
      const handle = await start('asked');
      await handle.describe();
      await handle.pause();
      await handle.unpause();
      await handle.updateOptions({ startToCloseTimeout: '40s' });
      await handle.restoreOriginalOptions();
      await handle.cancel('test');
      await handle.terminate('test');
      const completed = await start('completed');
      await tracedAsyncCompletion(stage.client.activity).complete({ activityId: 'completed' }, 'done');
      await expect(completed.result()).resolves.toBe('done');
    });
    const spans = await stage.trace(traceId, 'request');
    expectWhole(spans);
    for (const name of [
      'DescribeActivity',
      'PauseActivity',
      'UnpauseActivity',
      'UpdateActivityOptions',
      'RestoreActivityOptions',
      'CancelActivity',
      'TerminateActivity',
      'CompleteActivity',
    ])
      expect(named(spans, name)).toMatchObject([{ kind: 'client', status: 'unset' }]);
    expect(named(spans, 'PauseActivity')[0]?.attributes).toMatchObject({ temporalActivityID: 'asked' });
  });
});

describe('a Nexus operation without a workflow', () => {
  it('is one trace with its handler and the workflow that it runs', async () => {
    const client = stage.client.nexus.createServiceClient({ endpoint: 'models', service: modelService });
    const run = () => client.executeOperation('run', 'x', { id: 'alone', scheduleToCloseTimeout: '20s' });
    if (!can.nexus) return expectRefused('StartNexusOperation:models/run', run);
    const { traceId, result } = await stage.inTrace(run);
    expect(result).toBe('X');
    const spans = await stage.trace(traceId, 'CompleteWorkflow:child');
    expectWhole(spans);
    expect(ancestry(spans, named(spans, 'RunWorkflow:child')[0])).toEqual([
      'request',
      'StartNexusOperation:models/run',
      'RunStartNexusOperationHandler:models/run',
      'StartWorkflow:child',
      'RunWorkflow:child',
    ]);
  });

  it('shows what its client asks of it', async () => {
    const client = stage.client.nexus.createServiceClient({ endpoint: 'models', service: modelService });
    const start = (id: string) => client.startOperation('converse', id, { id, scheduleToCloseTimeout: '20s' });
    if (!can.nexus) return expectRefused('StartNexusOperation:models/converse', () => start('asked'));
    const { traceId } = await stage.inTrace(async () => {
      const handle = await start('asked');
      await handle.describe();
      await handle.cancel();
      await handle.terminate();
    });
    const spans = await stage.trace(traceId, 'request');
    for (const name of ['DescribeNexusOperation', 'CancelNexusOperation', 'TerminateNexusOperation'])
      expect(named(spans, name)).toMatchObject([
        { kind: 'client', status: 'unset', attributes: { 'temporal.nexus.operation_id': 'asked' } },
      ]);
  });
});
