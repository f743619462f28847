/**
 * Hosts Temporal workers for the specs in a process of their own, as an application does, and obeys messages of the
 * parent. Runs the built package.
 */
import { NestFactory } from '@nestjs/core';
import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { Client } from '@temporalio/client';
import {
  type ActivityInboundCallsInterceptor,
  bundleWorkflowCode,
  type InjectedSinks,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import { ObservabilityModule } from 'nestjs-onetrace';
import {
  OnetraceActivityInboundInterceptor,
  OnetraceRuntimeLogger,
  onetraceSinks,
  temporalTracing,
  type TemporalTracingOptions,
} from 'nestjs-onetrace/temporal';
import type { WorkflowEvents } from 'nestjs-onetrace/temporal/workflow';
import { fileURLToPath } from 'node:url';
import { modelHandlers } from './nexus-handlers.fixture.ts';
import { ENCRYPTING } from './codecs/data-converter.ts';
import { readHistory } from './history.reader.ts';
import type { ResultReply } from '../programs/carried-out.ts';
import type { Order, WorkerOrder } from './worker.orders.ts';

const address = process.env['TEMPORAL_ADDRESS'] ?? '';
const fixtures = process.env['FIXTURES'];
const fixture = (name: string): string => new URL(`${name}.fixture.ts`, fixtures ?? import.meta.url).href;
const workflowsPath = fileURLToPath(fixture('workflows'));
const activities = (await import(fixture('activities'))) as object;
const { sinks } = (fixtures === undefined ? {} : await import(fixture('sinks'))) as { sinks?: InjectedSinks<Sinks> };

const app = await NestFactory.createApplicationContext(
  ObservabilityModule.forRoot({ component: 'worker', export: { url: process.env['OTLP_URL'] ?? '' } }),
  { bufferLogs: true },
);
const metricsPort = process.env['METRICS_PORT'];
if (metricsPort !== undefined) {
  Runtime.install({
    logger: new OnetraceRuntimeLogger(),
    telemetryOptions: {
      logging: { filter: 'WARN', forward: {} },
      metrics: { prometheus: { bindAddress: `127.0.0.1:${metricsPort}` } },
    },
  });
}
const tracing = temporalTracing();
// Named here and again on each worker: it has to count once.
const connection = await NativeConnection.connect({ address, plugins: [tracing] });
const untraced = await NativeConnection.connect({ address });
const bundles = new Map<string, Promise<WorkflowBundleWithSourceMap>>();
const running = new Map<string, { worker: Worker; ended: Promise<void> }>();
const seenByUser: string[] = [];

const userInterceptor = (): { inbound: ActivityInboundCallsInterceptor } => ({
  inbound: {
    execute: (input, next) => {
      seenByUser.push('activity');
      return next(input);
    },
  },
});

function bundle(traced: boolean, options: TemporalTracingOptions = {}): Promise<WorkflowBundleWithSourceMap> {
  const key = JSON.stringify([traced, options]);
  let made = bundles.get(key);
  if (made === undefined) {
    made = bundleWorkflowCode({
      workflowsPath,
      ...(traced ? { plugins: [temporalTracing(options)] } : { logger: Runtime.instance().logger }),
    });
    bundles.set(key, made);
  }
  return made;
}

async function work(order: WorkerOrder): Promise<void> {
  const { taskQueue, traced, byHand, fromPath, nexus, maxCachedWorkflows, stickyQueueScheduleToStartTimeout } = order;
  const worker = await Worker.create({
    connection: traced ? connection : untraced,
    plugins: traced ? [tracing] : [],
    taskQueue,
    activities,
    ...(byHand
      ? {
          sinks: onetraceSinks(),
          interceptors: {
            activity: [(ctx) => ({ inbound: new OnetraceActivityInboundInterceptor(ctx) })],
            workflowModules: ['nestjs-onetrace/temporal/workflow'],
          },
        }
      : { interceptors: { activity: [userInterceptor] }, ...(sinks === undefined ? {} : { sinks }) }),
    ...(fromPath ? { workflowsPath } : { workflowBundle: await bundle(traced, order.tracing) }),
    ...(order.encrypting ? { dataConverter: ENCRYPTING } : {}),
    ...(nexus ? { nexusServices: [modelHandlers] } : {}),
    ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
    ...(stickyQueueScheduleToStartTimeout === undefined ? {} : { stickyQueueScheduleToStartTimeout }),
  });
  running.set(taskQueue, { worker, ended: worker.run() });
}

async function end(taskQueue: string): Promise<void> {
  const one = running.get(taskQueue);
  running.delete(taskQueue);
  one?.worker.shutdown();
  await one?.ended;
}

/** The history of a run as the server has it, or with one text replaced in the IDs of its activities. */
async function historyOf({ workflowId, runId, replacing }: Extract<Order, { do: 'replay' }>): Promise<unknown> {
  const history = await new Client({ connection: untraced }).workflow.getHandle(workflowId, runId).fetchHistory();
  for (const { activityTaskScheduledEventAttributes: scheduled } of history.events ?? []) {
    if (replacing && scheduled?.activityId)
      scheduled.activityId = scheduled.activityId.replace(replacing.from, replacing.to);
  }
  return history;
}

/** Replays a history; gives the span IDs that the traced isolate derives on the way. */
async function replay(history: unknown, workflowId: string, traced: boolean): Promise<string[]> {
  const spanIds: string[] = [];
  const record = (_info: unknown, { run, begins, spans, end }: WorkflowEvents): void => {
    for (const { spanId } of [...(begins ? [run] : []), ...spans, ...(end ? [end] : [])])
      if (spanId !== undefined) spanIds.push(spanId);
  };
  await Worker.runReplayHistory(
    {
      workflowBundle: await bundle(traced),
      plugins: traced ? [tracing] : [],
      sinks: { onetrace: { record: { fn: record, callDuringReplay: true } } },
    },
    history,
    workflowId,
  );
  return spanIds;
}

/** Only a client of the worker's own connection may start a workflow whose first task comes with the answer. */
async function startEagerly(order: { taskQueue: string; workflowId: string; traceId: string }): Promise<void> {
  const { taskQueue, workflowId, traceId } = order;
  const parent = trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: traceId.slice(16),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
  const options = { taskQueue, workflowId, args: ['x'], requestEagerStart: true };
  const client = new Client({ connection });
  const handle = await context.with(parent, () => client.workflow.start('pipeline', options));
  if (!handle.eagerlyStarted) throw new Error('the server did not start it eagerly');
  await handle.result();
}

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'work':
      return work(order);
    case 'end':
      return end(order.taskQueue);
    case 'replay':
      return replay(await historyOf(order), order.workflowId, order.traced);
    case 'replay history':
      return replay(readHistory(order.history), order.workflowId, order.traced);
    case 'start eagerly':
      return startEagerly(order);
    case 'seen by the user':
      return seenByUser.splice(0);
    case 'quit':
      for (const taskQueue of [...running.keys()]) await end(taskQueue);
      await connection.close();
      await untraced.close();
      return app.close();
  }
}

process.on('message', (order: Order) => {
  const answer = (reply: ResultReply): void => {
    process.send?.(reply, () => {
      if (order.do === 'quit') process.disconnect();
    });
  };
  obey(order).then(
    (result) => answer({ id: order.id, result }),
    (error: unknown) => answer({ id: order.id, error: error instanceof Error ? (error.stack ?? error.message) : '?' }),
  );
});
process.send?.({ id: 0, result: 'ready' } satisfies ResultReply);
