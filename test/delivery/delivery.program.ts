/**
 * One application that traces something and ends as the first argument says, in a process of its own. Runs the built
 * package; its lines go to standard output.
 */
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule, TracingService } from 'nestjs-onetrace';

class Root {}
const observability: DynamicModule = ObservabilityModule.forRoot({
  component: 'worker',
  shutdownTimeoutMs: Number(process.env['SHUTDOWN_TIMEOUT_MS']),
});
Module({ imports: [observability] })(Root);

const app = await NestFactory.createApplicationContext(Root, { bufferLogs: true });
const tracing = app.get(TracingService);
for (let i = 0; i < 1000; i += 1) tracing.startActiveSpan(`step ${i}`, () => i);
// With `forgotten` nobody closes it: what tracing holds must not keep the process alive.
if (process.argv[2] === 'closed') await app.close();
