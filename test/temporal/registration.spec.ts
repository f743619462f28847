import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client, type WorkflowClientInterceptor } from '@temporalio/client';
import {
  ensureSearchAttribute,
  OnetraceWorkflowClientInterceptor,
} from '../../libs/nestjs-onetrace/src/temporal/index.ts';
import { type Stage, startStage, until } from './temporal.harness.ts';

jest.setTimeout(120_000);

let stage: Stage;
let untracedClient: Client;
beforeAll(async () => {
  stage = await startStage();
  untracedClient = stage.untracedClient;
  await stage.worker.tell({ do: 'work', taskQueue: 'traced', traced: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'untraced', traced: false });
});
afterAll(() => stage?.stop());

async function found(query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of untracedClient.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

describe('a search attribute that nobody registered', () => {
  it('stops no start: the memo has the trace ID, soon it is registered, and one line says so', async () => {
    const client = stage.clientWith({ searchAttribute: 'LaterTraceId' });
    const start = (workflowId: string) =>
      stage.inTrace(() =>
        client.workflow.start('child', { taskQueue: 'traced', workflowId, args: ['x'], memo: { mine: 'stays' } }),
      );
    const [first, second] = [await start('unregistered-1'), await start('unregistered-2')];
    for (const { traceId, result: handle } of [first, second]) {
      expect((await handle.describe()).memo).toEqual({ mine: 'stays', trace_id: traceId });
      await expect(handle.result()).resolves.toBe('X');
    }
    const later = await until('a start with the attribute', async () => {
      const { traceId, result: handle } = await start(`registered-${Date.now()}`);
      const { memo } = await handle.describe();
      return memo?.['trace_id'] === undefined ? { traceId, workflowId: handle.workflowId } : undefined;
    });
    await until('visibility', async () => {
      const ids = await found(`LaterTraceId = '${later.traceId}'`);
      return ids.includes(later.workflowId) ? ids : undefined;
    });
    const told = stage.allLines().filter(({ message }) => message.includes('LaterTraceId'));
    expect(told).toMatchObject([
      { level: 'INFO', component: 'temporal', message: expect.stringContaining('have the trace ID in their memo') },
    ]);
  });

  it('can be registered at start-up, and is usable then', async () => {
    await expect(ensureSearchAttribute(stage.connection, 'default', { name: 'StartUpTraceId' })).resolves.toBe(true);
    const client = stage.clientWith({ searchAttribute: 'StartUpTraceId' });
    const { traceId, result: handle } = await stage.inTrace(() =>
      client.workflow.start('child', { taskQueue: 'traced', workflowId: 'start-up', args: ['x'] }),
    );
    expect((await handle.describe()).memo).toEqual({});
    await until('visibility', async () =>
      (await found(`StartUpTraceId = '${traceId}'`)).length === 1 ? 1 : undefined,
    );
  });

  it('is given up where it cannot be registered, without an error', async () => {
    await expect(ensureSearchAttribute(stage.connection, 'no-such-namespace', { timeoutMs: 500 })).resolves.toBe(false);
    expect(
      stage.allLines().some(({ level, message }) => level === 'WARN' && message.includes('no-such-namespace')),
    ).toBe(true);
  });

  it("leaves the user's own errors alone", async () => {
    const start = stage.client.workflow.start('child', {
      taskQueue: 'traced',
      workflowId: 'typo',
      args: ['x'],
      searchAttributes: { NotMine: ['x'] },
    });
    await expect(start).rejects.toMatchObject({ cause: { details: expect.stringContaining('NotMine') } });
  });
});

describe("the trace ID as the workflow's summary", () => {
  const summaryOf = async (workflowId: string, options: { staticSummary?: boolean; own?: string }) => {
    const { own, ...tracing } = options;
    const client = stage.clientWith(tracing);
    const { traceId, result: handle } = await stage.inTrace(() =>
      client.workflow.start('child', {
        taskQueue: 'traced',
        workflowId,
        args: ['x'],
        ...(own === undefined ? {} : { staticSummary: own }),
      }),
    );
    return { traceId, summary: await (await handle.describe()).staticSummary() };
  };

  it('is shown where it is wanted', async () => {
    const { traceId, summary } = await summaryOf('summarised', { staticSummary: true });
    expect(summary).toBe(`Trace ${traceId}`);
  });

  it('is not shown by default', async () => {
    expect(await summaryOf('not-summarised', {})).toMatchObject({ summary: undefined });
  });

  it("never replaces one of the user's", async () => {
    expect(await summaryOf('own-summary', { staticSummary: true, own: 'Nightly' })).toMatchObject({
      summary: 'Nightly',
    });
  });
});

describe('one side without tracing', () => {
  it('a worker without it runs what a traced client starts', async () => {
    const { result } = await stage.inTrace<unknown>(() =>
      stage.client.workflow.execute('pipeline', { taskQueue: 'untraced', workflowId: 'no-worker', args: ['x'] }),
    );
    expect(result).toBe('ANSWER TO X');
    const replayed = await stage.worker.tell({ do: 'replay', workflowId: 'no-worker', traced: true });
    expect(replayed).not.toEqual([]);
  });

  it('a history that was recorded without any tracing replays with it', async () => {
    for (const [type, args] of [
      ['pipeline', ['x']],
      ['chain', [0]],
    ] as const) {
      const workflowId = `plain-${type}`;
      await untracedClient.workflow.execute(type, { taskQueue: 'untraced', workflowId, args: [...args] });
      await stage.worker.tell({ do: 'replay', workflowId, traced: true });
    }
  });

  it('a workflow that nobody traced has a trace of its own, child and activities included', async () => {
    const workflowId = 'no-client';
    await untracedClient.workflow.execute('pipeline', { taskQueue: 'traced', workflowId, args: ['x'] });
    const started = await until('line', () =>
      stage.allLines().find((line) => line['workflow_id'] === workflowId && line.message === 'workflow started'),
    );
    const traceId = String(started['trace_id']);
    const spans = await stage.trace(traceId, 'CompleteWorkflow:pipeline');
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name)).toEqual([
      'RunWorkflow:pipeline',
    ]);
    expect(spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId))).toEqual([]);
    expect(spans.map(({ name }) => name)).toContain('CompleteWorkflow:child');
  });

  const encode = (text: string) => new TextEncoder().encode(text);
  it.each([
    ['encrypted', { metadata: { encoding: encode('binary/encrypted') }, data: encode('\u0001\u0002') }],
    ['no JSON', { metadata: { encoding: encode('json/plain') }, data: encode('{') }],
    ['no map', { metadata: { encoding: encode('json/plain') }, data: encode('"00-1-2-3"') }],
    ['an invalid trace', { metadata: { encoding: encode('json/plain') }, data: encode('{"traceparent":"00-0-0-00"}') }],
    ['nothing', {}],
  ])('a header with %s is ignored', async (what, payload) => {
    const garbage: WorkflowClientInterceptor = {
      startWithDetails: (input, next) => next({ ...input, headers: { '_tracer-data': payload } }),
    };
    const client = new Client({ connection: untracedClient.connection, interceptors: { workflow: [garbage] } });
    const workflowId = `garbage-${what}`;
    await expect(client.workflow.execute('child', { taskQueue: 'traced', workflowId, args: ['x'] })).resolves.toBe('X');
  });

  it('says once that headers could not be read', () => {
    expect(stage.worker.lines.filter(({ message }) => message.includes('cannot be read'))).toHaveLength(1);
  });
});

describe("the user's own interceptors", () => {
  it('run as before, beside ours', async () => {
    await stage.worker.tell({ do: 'seen by the user' });
    const seen: string[] = [];
    const mine: WorkflowClientInterceptor = {
      startWithDetails: (input, next) => {
        seen.push(Object.keys(input.headers).join());
        return next(input);
      },
    };
    const client = new Client({
      connection: stage.connection,
      plugins: stage.connection.plugins,
      interceptors: { workflow: [mine] },
    });
    const { traceId } = await stage.inTrace(() =>
      client.workflow.execute('child', { taskQueue: 'traced', workflowId: 'mine', args: ['x'] }),
    );
    expect(seen).toEqual(['_tracer-data']);
    await expect(stage.worker.tell({ do: 'seen by the user' })).resolves.toEqual(['activity']);
    const spans = await stage.trace(traceId, 'CompleteWorkflow:child');
    expect(spans.filter(({ name }) => name === 'StartWorkflow:child')).toHaveLength(1);
    expect(spans.filter(({ name }) => name === 'RunActivity:postprocess')).toHaveLength(1);
  });
});

describe('interceptors composed by hand', () => {
  it('trace as the plugin does', async () => {
    await stage.worker.tell({ do: 'work', taskQueue: 'by-hand', traced: false, byHand: true, fromPath: true });
    const client = new Client({
      connection: untracedClient.connection,
      interceptors: { workflow: [new OnetraceWorkflowClientInterceptor()] },
    });
    const { traceId } = await stage.inTrace(() =>
      client.workflow.execute('child', { taskQueue: 'by-hand', workflowId: 'by-hand', args: ['x'] }),
    );
    const spans = await stage.trace(traceId, 'CompleteWorkflow:child');
    expect(spans.map(({ name }) => name).sort()).toEqual([
      'CompleteWorkflow:child',
      'RunActivity:postprocess',
      'RunWorkflow:child',
      'StartActivity:postprocess',
      'StartWorkflow:child',
      'request',
    ]);
  });
});

describe("Temporal's own lines", () => {
  it('come out in the schema of the process, with the trace of the run they speak of', () => {
    expect(stage.worker.noise).toEqual([]);
    const own = stage.worker.lines.filter(
      (line) => (line['extra'] as { sdkComponent?: string })?.sdkComponent === 'worker',
    );
    expect(own.length).toBeGreaterThan(0);
    for (const line of own) {
      expect(line).toMatchObject({ component: 'worker', timestamp: expect.any(String), level: expect.any(String) });
    }
  });
});
