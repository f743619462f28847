import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { ObservabilityModule } from 'nestjs-onetrace';
import {
  OnetraceActivityInboundInterceptor,
  OnetraceTemporalPlugin,
  TemporalActivities,
  temporalTracing,
  TemporalTracingModule,
} from 'nestjs-onetrace/temporal';
import { Shouting, Voice } from './activities.ts';

class AppModule {}
Module({
  imports: [ObservabilityModule.forRoot({ component: 'worker' }), TemporalTracingModule.forRoot()],
  providers: [Voice, Shouting],
})(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { bufferLogs: true });
const tracing = app.get(OnetraceTemporalPlugin);
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
  activities: app.get(TemporalActivities).of(Shouting),
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
