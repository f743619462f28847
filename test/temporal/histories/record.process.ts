/**
 * Runs the workflow of `recorded.fixture.ts` once, with one way of tracing, and says last of all which executions are to be
 * kept. A process of its own each time, because each has its own copy of the SDK. Started by `record.ts` with its order as
 * argument.
 */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as OpenTelemetry from '@opentelemetry/api';
import type * as TemporalClient from '@temporalio/client';
import type * as TemporalWorker from '@temporalio/worker';
import { activities } from '../recorded.fixture.ts';
import type { Recording } from './variants.ts';

/** What is to be recorded, where, and with whose packages. */
export interface RecordingOrder {
  readonly recording: Recording;
  readonly address: string;
  /** Folder whose `node_modules` has the packages. */
  readonly folder: string;
  readonly workflowsPath: string;
}

/** A run of a workflow. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

const order = JSON.parse(process.argv[2] ?? '') as RecordingOrder;
const load = createRequire(join(order.folder, 'package.json'));
const { Client, Connection } = load('@temporalio/client') as typeof TemporalClient;
const { NativeConnection, Worker } = load('@temporalio/worker') as typeof TemporalWorker;
const { context, ROOT_CONTEXT, trace } = load('@opentelemetry/api') as typeof OpenTelemetry;

// The same on every machine.
const IDENTITY = 'recorder';
const TASK_QUEUE = 'recorded';

// The histories are wanted, not the spans.
const NOWHERE = { export: (_: unknown, done: (result: object) => void) => done({ code: 0 }), shutdown: async () => {} };
const NO_PROCESSOR = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };

const tracing = await setUpTracing(order.recording);
const connection = await Connection.connect({ address: order.address });
const native = await NativeConnection.connect({ address: order.address });
const client = new Client({ connection, identity: IDENTITY, plugins: tracing.plugins, interceptors: tracing.client });
const worker = await Worker.create({
  connection: native,
  identity: IDENTITY,
  taskQueue: TASK_QUEUE,
  workflowsPath: order.workflowsPath,
  activities,
  plugins: tracing.plugins,
  ...tracing.worker,
});
const executions = await worker.runUntil(() =>
  context.with(trace.setSpan(ROOT_CONTEXT, trace.getTracer('recorder').startSpan('request')), record),
);
await native.close();
await connection.close();
console.log(JSON.stringify(executions));

/** Both runs of the workflow. */
async function record(): Promise<Execution[]> {
  const workflowId = `recorded-${randomUUID()}`;
  const start = { taskQueue: TASK_QUEUE, workflowId, args: [1] };
  const handle = await client.workflow.start('recorded', start);
  const first = handle.firstExecutionRunId;
  await converse(client.workflow.getHandle(workflowId, first));
  const last = await secondRun(workflowId, first);
  // Less of everything, so that the files stay small.
  await client.workflow.getHandle(workflowId, last).signal('say', 'last');
  await handle.result();
  return [first, last].map((runId) => ({ workflowId, runId }));
}

async function converse(handle: TemporalClient.WorkflowHandle): Promise<void> {
  await handle.query('count');
  for (const word of ['a', 'b', 'c']) await handle.signal('say', word);
  await handle.executeUpdate('propose', { args: [''] }).catch(() => undefined);
  await handle.executeUpdate('propose', { args: ['d'] });
  await handle.query('count');
  await handle.signal('say', 'last');
}

/** Run ID of the second run, once it is there. */
async function secondRun(workflowId: string, first: string): Promise<string> {
  for (;;) {
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    if (runId !== first) return runId;
  }
}

interface Tracing {
  plugins: never[];
  client: object;
  worker: object;
}

async function setUpTracing({ tracing: kind, options }: Recording): Promise<Tracing> {
  switch (kind) {
    case 'none':
      return { plugins: [], client: {}, worker: {} };
    case 'onetrace': {
      const [{ NestFactory }, { ObservabilityModule }, { temporalTracing }] = await Promise.all([
        import('@nestjs/core'),
        import('nestjs-onetrace'),
        import('nestjs-onetrace/temporal'),
      ]);
      const module = ObservabilityModule.forRoot({ component: 'recorder', export: 'none' });
      await NestFactory.createApplicationContext(module, { bufferLogs: true });
      return { plugins: [temporalTracing(options) as never], client: {}, worker: {} };
    }
    case 'official-v1': {
      const { Resource } = load('@opentelemetry/resources') as { Resource: new (attributes: object) => object };
      registerProvider();
      const v1 = load('@temporalio/interceptors-opentelemetry') as OfficialV1;
      const workflow = load.resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors');
      return {
        plugins: [],
        client: { workflow: [new v1.OpenTelemetryWorkflowClientInterceptor()] },
        worker: {
          sinks: { exporter: v1.makeWorkflowExporter(NOWHERE, new Resource({})) },
          interceptors: {
            workflowModules: [workflow],
            activity: [(ctx: object) => ({ inbound: new v1.OpenTelemetryActivityInboundInterceptor(ctx) })],
          },
        },
      };
    }
    case 'official-v2': {
      const { resourceFromAttributes } = load('@opentelemetry/resources') as {
        resourceFromAttributes: (attributes: object) => object;
      };
      registerProvider();
      const { OpenTelemetryPlugin } = load('@temporalio/interceptors-opentelemetry-v2') as {
        OpenTelemetryPlugin: new (options: object) => object;
      };
      const plugin = new OpenTelemetryPlugin({ resource: resourceFromAttributes({}), spanProcessor: NO_PROCESSOR });
      return { plugins: [plugin as never], client: {}, worker: {} };
    }
  }
}

interface OfficialV1 {
  OpenTelemetryWorkflowClientInterceptor: new () => object;
  OpenTelemetryActivityInboundInterceptor: new (ctx: object) => object;
  makeWorkflowExporter: (exporter: object, resource: object) => object;
}

function registerProvider(): void {
  const { NodeTracerProvider } = load('@opentelemetry/sdk-trace-node') as {
    NodeTracerProvider: new () => { register(): void };
  };
  new NodeTracerProvider().register();
}
