import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { trace } from '@opentelemetry/api';
import { PinoLogger } from 'nestjs-pino';
import { componentLogger } from '../logging/index.js';
import { type CollectedSpan, collectTelemetry, type TelemetryCollector } from '../testing/index.js';
import { Trace } from '../tracing/index.js';
import { ObservabilityModule } from './observability.module.js';

@Controller()
class Work {
  constructor(private readonly logger: PinoLogger) {}

  @Get('work')
  @Trace('work')
  work(): string {
    this.logger.info("the framework's logger");
    componentLogger().info("the library's logger");
    return 'done';
  }
}

let telemetry: TelemetryCollector;
let apps: INestApplication[];
beforeEach(() => {
  telemetry = collectTelemetry({ quiet: true });
  apps = [];
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await telemetry.stop();
});

async function start(component: string): Promise<INestApplication> {
  @Module({ imports: [ObservabilityModule.forRoot({ component })], controllers: [Work] })
  class App {}
  const app = await NestFactory.create(App, { bufferLogs: true });
  apps.push(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

async function componentsOfRequest(app: INestApplication): Promise<{ spans: unknown[]; lines: unknown[] }> {
  telemetry.reset();
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  await (await fetch(`http://127.0.0.1:${port}/work`, { headers: { connection: 'close' } })).text();
  await telemetry.waitFor(({ lines }) => lines().find((line) => line.message === 'request completed'));
  return { spans: telemetry.spans().map(componentOf), lines: telemetry.lines().map((line) => line.component) };
}

function componentOf({ attributes, resource }: CollectedSpan): unknown {
  return attributes['onetrace.component'] ?? resource.attributes['onetrace.component'];
}

const all = (component: string) => ({ spans: Array(2).fill(component), lines: Array(4).fill(component) });

it('tells the components of two applications in one process apart, in spans and lines', async () => {
  const gateway = await start('gateway');
  expect(await componentsOfRequest(gateway)).toEqual(all('gateway'));
  expect(telemetry.spans()[0]?.attributes).not.toHaveProperty('onetrace.component');

  const worker = await start('worker');
  expect(await componentsOfRequest(gateway)).toEqual(all('gateway'));
  expect(await componentsOfRequest(worker)).toEqual(all('worker'));

  // What belongs to no request is the last one's.
  telemetry.reset();
  trace.getTracer('mine').startSpan('alone').end();
  componentLogger().info('alone');
  expect(telemetry.spans().map(componentOf)).toEqual(['worker']);
  expect(telemetry.lines().map((line) => line.component)).toEqual(['worker']);

  await worker.close();
  expect(await componentsOfRequest(gateway)).toEqual(all('gateway'));
  telemetry.reset();
  componentLogger().info('alone');
  expect(telemetry.lines().map((line) => line.component)).toEqual(['gateway']);
});

it('holds nothing for applications that were built, never started and never closed, as unit tests leave them', async () => {
  await telemetry.stop();
  const build = (component: string) =>
    Test.createTestingModule({
      imports: [ObservabilityModule.forRoot({ component, export: 'none', logging: { level: 'error' } })],
    }).compile();
  const isTracing = (): boolean => trace.getTracer('mine').startSpan('probe').isRecording();
  const forgotten = await build('first');
  expect(isTracing()).toBe(true);
  await build('second');
  const last = await build('third');
  await last.close();
  expect(isTracing()).toBe(false);
  // One that was only slow takes tracing back.
  await forgotten.init();
  expect(isTracing()).toBe(true);
  await forgotten.close();
  expect(isTracing()).toBe(false);
});
