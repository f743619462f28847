import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { context, trace } from '@opentelemetry/api';
import { PinoLogger } from 'nestjs-pino';
import { listen } from '../http/listening-application.fixture.js';
import { PLATFORMS } from '../http/platforms.fixture.js';
import { send } from '../http/request-client.fixture.js';
import { ObservabilityModule } from '../module/observability.module.js';
import { type CollectedMetric, readSamples } from '../testing/metric.reader.js';
import { ConnectorModule, getConnectorToken, modelMetricsRegistry, type OpenAiConnector } from './index.js';
import { COMPLETION, REQUEST } from './model-server.fixture.js';
import { MetricsOfEachTest } from './metrics-of-each-test.fixture.js';

new MetricsOfEachTest();
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  // nestjs-pino keeps the first one it met.
  (PinoLogger as { root: unknown }).root = undefined;
});

/** A module whose process samples nothing, with a connector to a server that answers. */
async function unsampledModule() {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(COMPLETION));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => once(server.close(), 'close'));
  const { port } = server.address() as AddressInfo;
  @Module({
    imports: [
      ObservabilityModule.forRoot({
        component: 'worker',
        sampling: { ratio: 0 },
        logging: { destination: { write: () => undefined } },
      }),
      ConnectorModule.register({ name: 'llm', protocol: 'openai', baseUrl: `http://127.0.0.1:${port}` }),
    ],
  })
  class App {}
  return App;
}

async function callUnsampled(app: INestApplicationContext): Promise<void> {
  const llm = app.get<OpenAiConnector>(getConnectorToken('llm'), { strict: false });
  const tracer = trace.getTracer('test');
  const span = tracer.startSpan('around');
  expect(span.isRecording()).toBe(false);
  await context.with(trace.setSpan(context.active(), span), () => llm.chatCompletions(REQUEST));
}

const counted = (samples: readonly CollectedMetric[]) =>
  samples.filter(({ name }) => name === 'llm_calls_total' || name === 'gen_ai_client_token_usage_sum');
const ONE_CALL = [
  expect.objectContaining({ name: 'gen_ai_client_token_usage_sum', value: 3 }),
  expect.objectContaining({ name: 'gen_ai_client_token_usage_sum', value: 5 }),
  expect.objectContaining({ name: 'llm_calls_total', value: 1 }),
];
const byName = (a: CollectedMetric, b: CollectedMetric): number => a.name.localeCompare(b.name) || a.value - b.value;

describe('calls of which no span is sampled are counted', () => {
  it.each(PLATFORMS)('at /metrics on %s', async (_, adapter) => {
    const { app, port } = await listen(await unsampledModule(), adapter());
    cleanups.push(() => app.close());
    await callUnsampled(app);
    const { body } = await send(port, '/metrics');
    expect(counted(readSamples(body)).sort(byName)).toEqual(ONE_CALL);
  });

  it('in an application without HTTP, from the registry', async () => {
    const app = await NestFactory.createApplicationContext(await unsampledModule(), { bufferLogs: true });
    cleanups.push(() => app.close());
    await callUnsampled(app);
    expect(counted(readSamples(await modelMetricsRegistry().metrics())).sort(byName)).toEqual(ONE_CALL);
  });
});
