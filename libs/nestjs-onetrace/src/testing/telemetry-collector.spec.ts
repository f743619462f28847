import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { ObservabilityModule } from '../module/observability.module.js';
import { componentLogger } from '../logging/index.js';
import { TracingService } from '../tracing/index.js';
import { collectTelemetry, expectOneTrace, findSpan, type TelemetryCollector } from './index.js';

@Controller()
class Patients {
  constructor(private readonly tracing: TracingService) {}

  @Get('patients/:id')
  one(): string {
    return this.tracing.startActiveSpan('load', (span) => {
      span.setAttributes({ 'user.id': 'anna', 'patient.id': 'p-7', ward: 'b' });
      componentLogger().info('loaded', { extra: { ward: 'b' } });
      return 'ok';
    });
  }
}

const written: string[] = [];
let collectors: TelemetryCollector[];
let app: INestApplication | undefined;
let receiver: Server;
let exports: number;

beforeEach(async () => {
  collectors = [];
  written.length = 0;
  exports = 0;
  receiver = createServer((_request, response) => {
    exports += 1;
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await Promise.all(collectors.map((collector) => collector.stop()));
  await new Promise((resolve) => receiver.close(resolve));
});

function collect(...options: Parameters<typeof collectTelemetry>): TelemetryCollector {
  const collector = collectTelemetry(...options);
  collectors.push(collector);
  return collector;
}

async function start(ratio = 1): Promise<void> {
  @Module({
    imports: [
      ObservabilityModule.forRoot({
        component: 'ward',
        sampling: { ratio },
        export: { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}` },
        privacy: { hashKey: 'a key for the tests' },
        logging: { destination: { write: (text: string) => void written.push(text) } },
      }),
    ],
    controllers: [Patients],
  })
  class App {}
  app = await NestFactory.create(App, { bufferLogs: true });
  await app.listen(0, '127.0.0.1');
}

async function ask(): Promise<void> {
  const { port } = (app?.getHttpServer() as Server).address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/patients/7`, { headers: { connection: 'close' } });
  expect(await response.text()).toBe('ok');
}

const requestOf = ({ waitFor }: TelemetryCollector) =>
  waitFor(({ spans }) => spans().find((span) => span.name === 'GET /patients/:id'));

describe('a test that collects before its application is built', () => {
  it('has every span with the privacy of the application, and nothing leaves the process', async () => {
    const telemetry = collect();
    await start(0);
    await ask();
    const request = await requestOf(telemetry);
    const root = expectOneTrace(telemetry.spans());
    expect(root.span).toBe(request);
    expect(root.children.map(({ span }) => span.name)).toEqual(['load']);
    expect(findSpan(telemetry.spans(), 'load').attributes).toEqual({
      'user.id': expect.stringMatching(/^hmac:[0-9a-f]{32}$/),
      ward: 'b',
    });
    await app?.close();
    expect(exports).toBe(0);
  });

  it('has lines and metrics, also while no line reaches its destination', async () => {
    const telemetry = collect({ quiet: true });
    await start();
    telemetry.reset();
    await ask();
    const request = await requestOf(telemetry);
    const completed = await telemetry.waitFor(({ lines }) =>
      lines().find((line) => line.message === 'request completed'),
    );
    expect(completed).toMatchObject({ level: 'INFO', component: 'ward', trace_id: request.traceId });
    expect(telemetry.lines().map((line) => line.message)).toEqual(['request started', 'loaded', 'request completed']);
    expect(written.join('')).toBe('');
    expect(await telemetry.metrics(app as INestApplication)).toContainEqual({
      name: 'http_requests_total',
      labels: { method: 'GET', route: '/patients/:id', status: '200' },
      value: 1,
    });
  });

  it('has spans without any application', () => {
    const telemetry = collect();
    trace.getTracer('mine').startSpan('alone').end();
    expect(expectOneTrace(telemetry.spans()).span).toMatchObject({ name: 'alone', attributes: {} });
  });
});

describe('a test that collects from a running application', () => {
  it('joins it, and leaves it running', async () => {
    await start();
    const telemetry = collect();
    await ask();
    await requestOf(telemetry);
    await telemetry.stop();
    await ask();
    expect(telemetry.spans().filter((span) => span.name === 'load')).toHaveLength(1);
    expect(written.some((line) => line.includes('loaded'))).toBe(true);
    await app?.close();
    expect(exports).toBeGreaterThan(0);
  });
});

describe('collectors', () => {
  it('collect each for itself, and leave nothing behind', async () => {
    const first = collect();
    const second = collect();
    const tracer = trace.getTracer('mine');
    tracer.startSpan('both').end();
    first.reset();
    await first.stop();
    await first.stop();
    tracer.startSpan('second').end();
    expect(first.spans()).toEqual([]);
    expect(second.spans().map((span) => span.name)).toEqual(['both', 'second']);
    await second.stop();
    expect(trace.getTracer('mine').startSpan('nobody').isRecording()).toBe(false);
  });

  it('refuse a process that another OpenTelemetry SDK traces', () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    try {
      expect(() => collectTelemetry()).toThrow(expect.objectContaining({ code: 'ONETRACE_FOREIGN_PROVIDER' }));
    } finally {
      trace.disable();
    }
  });

  it('wait for what is still to come, and say what there was when it does not come', async () => {
    const telemetry = collect();
    const tracer = trace.getTracer('mine');
    setImmediate(() => tracer.startSpan('late').end());
    const late = await telemetry.waitFor(({ spans }) => spans().find((span) => span.name === 'late'));
    expect(late.durationMs).toBeGreaterThanOrEqual(0);
    expect(await telemetry.waitFor(() => 'at once', { timeoutMs: Infinity })).toBe('at once');
    await expect(telemetry.waitFor(async () => 'later')).rejects.toThrow(
      'waitFor takes a function that answers at once, and got a Promise from it',
    );
    await expect(telemetry.waitFor(() => false, { timeoutMs: 10 })).rejects.toThrow(
      /^nothing was found within 10 ms\n\ntrace [0-9a-f]{32}\nlate {2}INTERNAL {2}\d+\.\d ms\n\n\(no lines\)$/,
    );
    await expect(
      telemetry.waitFor(() => {
        throw new Error('a mistake in the test');
      }),
    ).rejects.toThrow('a mistake in the test');
  });

  it('tell a trace that is whole from one that is not', () => {
    const telemetry = collect();
    const tracer = trace.getTracer('mine');
    const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };
    const under = (context: typeof remote) => trace.setSpanContext(ROOT_CONTEXT, context);
    tracer.startSpan('continued', {}, under(remote)).end();
    expect(expectOneTrace(telemetry.spans()).span.name).toBe('continued');

    tracer.startSpan('lost', {}, under({ ...remote, isRemote: false })).end();
    expect(() => expectOneTrace(telemetry.spans())).toThrow(
      /^expected no dangling parent, but that of "lost" is[^]*\(parent b{16} is missing\)\n {2}lost/,
    );

    telemetry.reset();
    expect(() => expectOneTrace(telemetry.spans())).toThrow('expected one trace, got 0\n\n(no spans)');
    tracer.startSpan('one').end();
    tracer.startSpan('two').end();
    expect(() => expectOneTrace(telemetry.spans())).toThrow('expected one trace, got 2');
    expect(() => findSpan(telemetry.spans(), /./)).toThrow('expected one span /./, got 2');
    expect(() => findSpan(telemetry.spans(), /o/g)).toThrow('expected one span /o/g, got 2');
    expect(() => findSpan(telemetry.spans(), 'three')).toThrow('expected one span "three", got 0');
    expect(findSpan(telemetry.spans(), /^t/).name).toBe('two');
  });
});
