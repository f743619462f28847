/**
 * `node temporal.process.ts <settings as JSON>`: one worker in a process of its own, of one variant, on the SDK of the folder that it is told.
 * Its lines go to stdout.
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Worker as Thread } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { sdkTracing } from './temporal.tracing.ts';
import type { TemporalOrder, TemporalReply, TemporalWorkerSettings } from './temporal.orders.ts';

const settings = JSON.parse(process.argv[2] ?? '') as TemporalWorkerSettings;
const { address, folder, taskQueue, workflowsPath } = settings;
const load = createRequire(join(folder, 'package.json'));
const sdk = load('@temporalio/worker') as typeof import('@temporalio/worker');
const { Client, Connection } = load('@temporalio/client') as typeof import('@temporalio/client');

/** All workflows that are measured at once stay cached. */
const CACHED_WORKFLOWS = 2000;
/** The SDK's own lines, which are the same in every variant. */
const SDK_LINES = 'ERROR';

const tracing = await sdkTracing(settings, load);
if (tracing.ofConnection.length === 0) sdk.Runtime.install({ logger: new sdk.DefaultLogger(SDK_LINES) });
const { plugins } = tracing;
const connection = await sdk.NativeConnection.connect({ address, plugins: tracing.ofConnection });
const bundling = { workflowsPath, plugins, logger: new sdk.DefaultLogger(SDK_LINES) };
const { code } = await sdk.bundleWorkflowCode(bundling);
const threads: Thread[] = [];
const found = (thread: Thread): void => void threads.push(thread);
process.on('worker', found);
const worker = await sdk.Worker.create({
  connection,
  taskQueue,
  plugins,
  // Part of the history.
  identity: 'bench',
  activities: { next: (value: number) => Promise.resolve(value + 1) },
  workflowBundle: { code },
  maxCachedWorkflows: CACHED_WORKFLOWS,
});
process.off('worker', found);
void worker.run();
const client = new Client({ connection: await Connection.connect({ address }), plugins });

process.on('message', (order: TemporalOrder) => {
  obey(order).then(
    (value) => reply(value === undefined ? {} : { value }),
    (error: unknown) => reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.once('disconnect', () => process.exit());
reply({});

function reply(answer: TemporalReply): void {
  process.send?.(answer);
}

async function obey(order: TemporalOrder): Promise<number | undefined> {
  switch (order.do) {
    case 'flush':
      await tracing.flush();
      return undefined;
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return user + system;
    }
    case 'heap':
      return usedHeap();
    case 'bundle':
      return gzipSync(await minifiedBundle()).length;
    case 'run':
      for (const workflowId of order.workflowIds) {
        await client.workflow.execute(order.workload, { taskQueue, workflowId, args: [1] });
      }
      return undefined;
  }
}

/** As an application minifies it: by webpack, which also drops what is not used. */
async function minifiedBundle(): Promise<string> {
  const minified = await sdk.bundleWorkflowCode({
    ...bundling,
    webpackConfigHook: (config) => ({ ...config, mode: 'production', devtool: false }),
  });
  return minified.code;
}

/** `process.memoryUsage()` knows only the main thread; a heap snapshot is preceded by a full collection of garbage. */
async function usedHeap(): Promise<number> {
  let used = 0;
  for (const thread of threads) {
    const snapshot = await thread.getHeapSnapshot();
    await once(snapshot.resume(), 'end');
    used += (await thread.getHeapStatistics()).used_heap_size;
  }
  return used;
}
