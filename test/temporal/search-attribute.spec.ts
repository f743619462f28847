import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import {
  ensureSearchAttribute,
  OnetraceTemporalPlugin,
  temporalTracing,
  TemporalTracingModule,
} from '../../libs/nestjs-onetrace/src/temporal/index.ts';
import { freePort } from '../../tools/chain/free-port.ts';
import { ensureTemporal } from '../../tools/setup/temporal.ts';
import { type GrpcProxy, type ProxyAnswer, startGrpcProxy } from './grpc.proxy.ts';
import { type Stage, startStage, until } from './temporal.harness.ts';

jest.setTimeout(120_000);

const run = promisify(execFile);
const KEYWORD = 2;
let stage: Stage;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await stage?.stop();
});

/** The same server as seen through a proxy that answers some calls itself. */
async function behindProxy(
  decide: (path: string) => ProxyAnswer | undefined,
): Promise<{ proxy: GrpcProxy; connection: Connection }> {
  const proxy = await startGrpcProxy(stage.temporal.address, decide);
  closing.push(() => proxy.close());
  const connection = await Connection.connect({ address: proxy.address });
  closing.push(() => connection.close());
  return { proxy, connection };
}

const operator = (answer: ProxyAnswer) => (path: string) => (path.includes('OperatorService') ? answer : undefined);

function warnings(name: string): string[] {
  return stage
    .allLines()
    .filter(({ level, message }) => level === 'WARN' && message.includes(name))
    .map(({ message }) => message);
}

/** Starts a workflow with a child and, on request, further runs; gives its trace ID once all are over. */
async function finished(client: Client, workflowId: string, taskQueue: string, type = 'pipeline', arg: unknown = 'x') {
  const { traceId } = await stage.inTrace(() =>
    client.workflow.execute(type, { taskQueue, workflowId, args: [arg], memo: { mine: 'stays' } }),
  );
  return traceId;
}

/** Workflow IDs that Temporal's own command line finds. */
async function listed(query: string): Promise<string[]> {
  const { path } = await ensureTemporal(() => undefined);
  const { stdout } = await run(path, [
    ...['workflow', 'list', '--address', stage.temporal.address, '--namespace', 'default'],
    ...['--query', query, '--output', 'json'],
  ]);
  return (JSON.parse(stdout) as { execution: { workflowId: string } }[]).map(({ execution }) => execution.workflowId);
}

describe.each(['cached', 'cacheless'])('the search attribute of a workflow on a %s worker', (taskQueue) => {
  it("is found with Temporal's command line, child included", async () => {
    const workflowId = `listed-${taskQueue}`;
    const traceId = await finished(stage.client, workflowId, taskQueue);
    const found = await until('visibility', async () => {
      const ids = await listed(`TraceId='${traceId}'`);
      return ids.length === 2 ? ids.sort() : undefined;
    });
    expect(found).toEqual([workflowId, `${workflowId}-child`]);
  });

  it('is on every run of a workflow that continues as new, with attributes of its own and without', async () => {
    const workflowId = `chain-${taskQueue}`;
    const traceId = await finished(stage.client, workflowId, taskQueue, 'chain', 2);
    await until('visibility', async () => {
      const ids = await listed(`TraceId='${traceId}'`);
      return ids.length === 3 && ids.every((id) => id === workflowId) ? ids : undefined;
    });
  });

  it('hangs no child and no next run where nobody has registered it', async () => {
    const { connection } = await behindProxy(operator({ code: 7, message: 'no' }));
    const client = new Client({ connection, plugins: [temporalTracing({ searchAttribute: 'NobodysTraceId' })] });
    await finished(client, `unregistered-child-${taskQueue}`, taskQueue);
    await finished(client, `unregistered-chain-${taskQueue}`, taskQueue, 'chain', 2);
    const { memo } = await client.workflow.getHandle(`unregistered-child-${taskQueue}`).describe();
    expect(memo).toEqual({ mine: 'stays', trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });
});

describe("the user's own search attributes and memo", () => {
  it('stay as they are, typed ones too', async () => {
    await stage.untracedClient.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: { Department: KEYWORD },
    });
    await ensureSearchAttribute(stage.connection, 'default', { name: 'Department' });
    const department = defineSearchAttributeKey('Department', SearchAttributeType.KEYWORD);
    const options = { taskQueue: 'cached', args: ['x'], memo: { mine: [1] } };
    for (const [workflowId, own] of [
      ['typed-list', { typedSearchAttributes: [{ key: department, value: 'radiology' }] }],
      ['typed', { typedSearchAttributes: new TypedSearchAttributes([{ key: department, value: 'radiology' }]) }],
      ['untyped', { searchAttributes: { Department: ['radiology'] } }],
    ] as const) {
      const { traceId, result: handle } = await stage.inTrace(() =>
        stage.client.workflow.start('child', { ...options, workflowId, ...own } as never),
      );
      const { memo, searchAttributes } = await handle.describe();
      expect(memo).toEqual({ mine: [1] });
      expect(searchAttributes).toMatchObject({ Department: ['radiology'], TraceId: [traceId] });
    }
  });

  it('of the same name wins', async () => {
    const own = { searchAttributes: { TraceId: ['mine'] } };
    const { result: handle } = await stage.inTrace(() =>
      stage.client.workflow.start('child', { taskQueue: 'cached', workflowId: 'own-name', args: ['x'], ...own }),
    );
    expect((await handle.describe()).searchAttributes).toMatchObject({ TraceId: ['mine'] });
  });
});

describe('a workflow that is started eagerly', () => {
  it('has the search attribute and the trace, its child runs, and it replays', async () => {
    const workflowId = 'eager';
    const { traceId } = await stage.inTrace(() => Promise.resolve());
    await stage.worker.tell({ do: 'start eagerly', taskQueue: 'cached', workflowId, traceId });
    await stage.trace(traceId, 'CompleteWorkflow:pipeline');
    const description = await stage.untracedClient.workflow.getHandle(workflowId).describe();
    expect(description.searchAttributes).toMatchObject({ TraceId: [traceId] });
    await stage.worker.tell({ do: 'replay', workflowId, traced: true });
  });
});

describe('an application with TemporalTracingModule', () => {
  const application = (connection: Connection, searchAttribute: string) => {
    const provider = {
      provide: Client,
      useFactory: (tracing: OnetraceTemporalPlugin) => new Client({ connection, plugins: [tracing] }),
      inject: [OnetraceTemporalPlugin],
    };
    class AppModule {}
    Module({ imports: [TemporalTracingModule.forRoot({ searchAttribute })], providers: [provider] })(AppModule);
    return NestFactory.createApplicationContext(AppModule, { logger: false });
  };

  it('has the search attribute registered from its start on', async () => {
    const connection = await Connection.connect({ address: stage.temporal.address });
    closing.push(() => connection.close());
    const app = await application(connection, 'ModuleTraceId');
    await until('the attribute', () =>
      stage.untracedClient.workflow.count("ModuleTraceId = 'none'").catch(() => undefined),
    );
    await app.close();
  });

  it('starts and ends while Temporal is away, and says nothing of the attribute', async () => {
    const connection = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
    const app = await application(connection, 'AwayTraceId');
    await app.close();
    await connection.close();
    expect(warnings('AwayTraceId')).toEqual([]);
  });
});

describe('a namespace in which the search attribute cannot be registered', () => {
  it.each([
    ['the operator is denied', { code: 7, message: 'Request unauthorized.' }, 'Request unauthorized.'],
    ['Temporal Cloud has no operator service', { code: 12, message: 'unknown service OperatorService' }, 'unknown'],
    ['a gateway does not know the path', { code: 5, message: 'no such route' }, 'no such route'],
  ])('takes workflows all the same when %s, and one line says why and what to do', async (_why, answer, told) => {
    const { proxy, connection } = await behindProxy(operator(answer));
    const searchAttribute = `Denied${answer.code}`;
    const client = new Client({ connection, plugins: [temporalTracing({ searchAttribute })] });
    for (const workflowId of [`${searchAttribute}-1`, `${searchAttribute}-2`]) {
      const { traceId, result: handle } = await stage.inTrace(() =>
        client.workflow.start('child', { taskQueue: 'cached', workflowId, args: ['x'] }),
      );
      expect((await handle.describe()).memo).toEqual({ trace_id: traceId });
    }
    await until('the line', () => warnings(searchAttribute)[0]);
    await expect(ensureSearchAttribute(connection, 'default', { name: searchAttribute })).resolves.toBe(false);
    expect(warnings(searchAttribute)).toEqual([
      expect.stringMatching(
        new RegExp(`${told}.*temporal operator search-attribute create .* --name ${searchAttribute} `),
      ),
    ]);
    expect(proxy.answered).toHaveLength(2);
  });

  it('because there is no such namespace, says so once, and how to have one', async () => {
    await expect(ensureSearchAttribute(stage.connection, 'nobodys')).resolves.toBe(false);
    expect(warnings('nobodys')).toEqual([
      'search attribute TraceId cannot be registered, because there is no Temporal namespace "nobodys" (Namespace nobodys is ' +
        'not found.). Correct its name, or create it: temporal operator namespace create --namespace nobodys',
    ]);
  });

  it('delays no start when the operator service never answers', async () => {
    const { connection } = await behindProxy(operator('silence'));
    const client = new Client({ connection, plugins: [temporalTracing({ searchAttribute: 'Silent' })] });
    const { traceId, result: handle } = await stage.inTrace(() =>
      client.workflow.start('child', { taskQueue: 'cached', workflowId: 'silent', args: ['x'] }),
    );
    expect((await handle.describe()).memo).toEqual({ trace_id: traceId });
    // Nobody has told the outcome yet: the start was there before it.
    expect(warnings('Silent')).toEqual([]);
    await expect(ensureSearchAttribute(connection, 'default', { name: 'Silent', timeoutMs: 500 })).resolves.toBe(false);
    expect(warnings('Silent')).toHaveLength(1);
  });

  it('is started in with an update too', async () => {
    const { connection } = await behindProxy(operator({ code: 7, message: 'no' }));
    const client = new Client({ connection, plugins: [temporalTracing({ searchAttribute: 'NobodysTraceId' })] });
    const start = new WithStartWorkflowOperation('conversation', {
      taskQueue: 'cached',
      workflowId: 'denied-update',
      workflowIdConflictPolicy: 'FAIL',
    });
    const { traceId } = await stage.inTrace(() =>
      client.workflow.executeUpdateWithStart('propose', { args: ['a'], startWorkflowOperation: start }),
    );
    expect((await (await start.workflowHandle()).describe()).memo).toEqual({ trace_id: traceId });
  });

  it('says so when the name is taken by an attribute of another type', async () => {
    const int = { namespace: 'default', searchAttributes: { NumberTraceId: 3 } };
    await stage.untracedClient.connection.operatorService.addSearchAttributes(int);
    await until('the attribute', async () =>
      stage.untracedClient.workflow.count('NumberTraceId = 1').catch(() => undefined),
    );
    const client = stage.clientWith({ searchAttribute: 'NumberTraceId' });
    const told = await until('the line', async () => {
      const { traceId, result: handle } = await stage.inTrace(() =>
        client.workflow.start('child', { taskQueue: 'cached', workflowId: `number-${Date.now()}`, args: ['x'] }),
      );
      expect((await handle.describe()).memo).toEqual({ trace_id: traceId });
      return warnings('NumberTraceId')[0];
    });
    expect(told).toContain('of type Int');
  });

  it('because ten Keywords are there already, says so', async () => {
    const { operatorService } = stage.untracedClient.connection;
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace: 'default' });
    const there = Object.values(customAttributes ?? {}).filter((type) => Number(type) === KEYWORD).length;
    const fill = Array.from({ length: 10 - there }, (_, index): [string, number] => [`Filler${index}`, KEYWORD]);
    await operatorService.addSearchAttributes({ namespace: 'default', searchAttributes: Object.fromEntries(fill) });
    const client = stage.clientWith({ searchAttribute: 'Eleventh' });
    const { traceId, result: handle } = await stage.inTrace(() =>
      client.workflow.start('child', { taskQueue: 'cached', workflowId: 'eleventh', args: ['x'] }),
    );
    expect((await handle.describe()).memo).toEqual({ trace_id: traceId });
    await until('the line', () => warnings('Eleventh')[0]);
    expect(warnings('Eleventh')).toEqual([
      expect.stringMatching(/cannot have more than 10 .* Remove a Keyword attribute/),
    ]);
  });
});
