import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { ObservabilityModule } from 'nestjs-onetrace';
import { OnetraceActivityInboundInterceptor, temporalTracing } from 'nestjs-onetrace/temporal';

const app = await NestFactory.createApplicationContext(ObservabilityModule.forRoot({ component: 'worker' }), {
  bufferLogs: true,
});
const tracing = temporalTracing();
// The CommonJS build beside the ESM one, as a bundler or an old loader brings it in.
const copy = createRequire(import.meta.url)(
  fileURLToPath(new URL('node_modules/nestjs-onetrace/dist/cjs/temporal/index.js', import.meta.url)),
) as { temporalTracing: typeof temporalTracing };
const plugins = [tracing, copy.temporalTracing()];
const connection = await NativeConnection.connect({
  address: process.env['TEMPORAL_ADDRESS'] ?? '',
  plugins: [tracing],
});
const workflowsPath = fileURLToPath(new URL('workflows.ts', import.meta.url));
const worker = await Worker.create({
  connection,
  plugins,
  taskQueue: 'packed',
  activities: { shout: async (text: string): Promise<string> => text.toUpperCase() },
  interceptors: { activity: [(ctx) => ({ inbound: new OnetraceActivityInboundInterceptor(ctx) })] },
  ...(process.env['PREBUILT'] === 'yes'
    ? { workflowBundle: await bundleWorkflowCode({ workflowsPath, plugins }) }
    : { workflowsPath }),
});
const running = worker.run();
process.on('disconnect', () => worker.shutdown());
process.send?.('ready');
await running;
await connection.close();
await app.close();
