import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../../../tools/chain/free-port.ts';
import { type Stage, startStage, until } from '../temporal.harness.ts';
import type { Line } from '../worker.process.ts';
import { expectComplete, flowOf } from './told-story.ts';

jest.setTimeout(120_000);

let stage: Stage;
let metricsPort: number;
beforeAll(async () => {
  metricsPort = await freePort();
  stage = await startStage({ fixtures: new URL('.', import.meta.url), env: { METRICS_PORT: String(metricsPort) } });
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

async function spoken(taskQueue: string, sampled = true): Promise<{ traceId: string; lines: Line[] }> {
  const workflowId = `speaks-${taskQueue}-${sampled}`;
  const { traceId } = await stage.inTrace(() => stage.client.workflow.execute('speaks', { taskQueue, workflowId }), {
    sampled,
  });
  const lines = await until('the last line', () => {
    const found = stage.lines(traceId);
    const isOver = found.some(({ message }) => message === 'workflow completed');
    return isOver && found.some(({ message }) => message === 'workflow says goodbye') ? found : undefined;
  });
  return { traceId, lines };
}

describe.each([
  ['cached', true],
  ['cacheless', true],
  ['cacheless', false],
] as const)('lines on a %s worker, sampled: %s', (taskQueue, sampled) => {
  it('carry trace, workflow, run, activity, attempt, client and pipeline, each written once however often it is replayed', async () => {
    const { traceId, lines } = await spoken(taskQueue, sampled);
    const ofWorkflow = { workflow_id: `speaks-${taskQueue}-${sampled}`, run_id: expect.any(String) };
    const ofActivity = { ...ofWorkflow, activity: 'speaks', attempt: 1, span_id: expect.any(String) };
    for (const [message, fields] of [
      ['workflow says hello', ofWorkflow],
      ['workflow says goodbye', ofWorkflow],
      ['workflow completed', ofWorkflow],
      ['activity says hello by log', ofActivity],
      ["activity says hello by Nest's Logger", ofActivity],
      ['activity started', ofActivity],
      ['activity completed', ofActivity],
    ] as const) {
      const told = lines.filter((line) => line.message === message);
      expect([message, told.length]).toEqual([message, 1]);
      expect(told[0]).toMatchObject({
        ...fields,
        trace_id: traceId,
        component: 'worker',
        client_id: 'dept-a',
        pipeline_id: 'text-embedding',
      });
    }
    // The SDK writes what goes through `console`, past every logger.
    expect(stage.worker.noise.filter((text) => text.includes(`speaks-${taskQueue}-${sampled}`))).toEqual([
      `[speaks(speaks-${taskQueue}-${sampled})] workflow says hello by console`,
    ]);
    if (sampled) {
      await stage.trace(traceId, 'CompleteWorkflow:speaks');
      expectComplete(flowOf(stage, traceId));
    } else {
      expect(stage.spans(traceId)).toEqual([]);
    }
  });
});

describe('the metrics of the native core', () => {
  it('have no label that is an ID', async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(text).toContain('temporal_workflow_completed');
    expect(text).toContain('temporal_activity_execution_latency');
    const ids = stage
      .allLines()
      .flatMap((line) => [line['trace_id'], line['span_id'], line['run_id'], line['workflow_id']]);
    for (const id of new Set(ids)) if (typeof id === 'string') expect(text).not.toContain(id);
    expect(text).not.toContain('dept-a');
  });
});
