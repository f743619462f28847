import { fileURLToPath } from 'node:url';
import { Inject, Injectable, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule, TracingService } from 'nestjs-onetrace';
import { OnetraceTemporalPlugin, TemporalTracingModule } from 'nestjs-onetrace/temporal';
import { Activity, ActivityMethod, TemporalModule, TemporalService } from 'nestjs-temporal-core';
import { Voice } from './activities.ts';

/** An activity in the manner of nestjs-temporal-core. Decorated by hand: Node only strips types. */
class Shouting {
  private readonly logger = new Logger('Shouting');
  private readonly voice: Voice;

  constructor(voice: Voice) {
    this.voice = voice;
  }

  async shout(text: string): Promise<string> {
    this.logger.log('shouting');
    return this.voice.raise(text);
  }
}
Inject(Voice)(Shouting, undefined, 0);
Injectable()(Shouting);
Activity()(Shouting);
const shout = Object.getOwnPropertyDescriptor(Shouting.prototype, 'shout');
if (shout !== undefined) ActivityMethod('shout')(Shouting.prototype, 'shout', shout);

const address = process.env['TEMPORAL_ADDRESS'] ?? '';
class AppModule {}
Module({
  imports: [
    ObservabilityModule.forRoot({ component: 'worker' }),
    TemporalTracingModule.forRoot(),
    TemporalModule.registerAsync({
      isGlobal: true,
      inject: [OnetraceTemporalPlugin],
      useFactory: (plugin: unknown) => {
        const tracing = plugin as OnetraceTemporalPlugin;
        tracing.installRuntime();
        return {
          connection: { address, namespace: 'default', interceptors: tracing.clientInterceptors() },
          taskQueue: 'wrapped',
          worker: {
            workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
            activityClasses: [Shouting],
            autoStart: true,
            workerOptions: { plugins: [tracing] },
          },
        };
      },
    }),
  ],
  providers: [Voice, Shouting],
})(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { bufferLogs: true });
const temporal = app.get(TemporalService);
await app.get(TracingService).startActiveSpan('request', async (span) => {
  const workflowId = `wrapped-${Date.now()}`;
  await temporal.startWorkflow('greet', ['wrapped'], { taskQueue: 'wrapped', workflowId });
  const handle = await temporal.getWorkflowHandle<{ result(): Promise<unknown> }>(workflowId);
  const result = await handle.result();
  if (result !== 'HELLO WRAPPED') throw new Error(`the workflow gave ${String(result)}`);
  span.end();
});
await app.close();
// Its connections have no end of their own.
process.exit(0);
