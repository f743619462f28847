import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { Pushgateway, Registry } from 'prom-client';
import { HttpMetrics, type ModelCallEnd, modelMetrics } from '../metrics/index.js';
import { readSamples } from '../testing/metric.reader.js';
import { modelMetricsRegistry } from './index.js';
import { ModelServer, REQUEST, success } from './model-server.fixture.js';
import { MetricsOfEachTest } from './metrics-of-each-test.fixture.js';

const model = new ModelServer();
const metrics = new MetricsOfEachTest();
const CALLS = 'llm_calls_total';
const DURATION = 'gen_ai_client_operation_duration_seconds';
const COUNTED = [
  { name: `${DURATION}_count`, value: 1 },
  { name: CALLS, value: 1 },
];

/** How many calls a text of Prometheus tells. */
const told = (exposed: string) =>
  readSamples(exposed)
    .filter(({ name }) => COUNTED.some((sample) => sample.name === name))
    .map(({ name, value }) => ({ name, value }))
    .sort((a, b) => a.name.localeCompare(b.name));

/** What a gateway is pushed. */
async function pushed(): Promise<string> {
  const bodies: string[] = [];
  const gateway = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.end();
    });
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const { port } = gateway.address() as AddressInfo;
  await new Pushgateway(`http://127.0.0.1:${port}`, {}, modelMetricsRegistry()).push({ jobName: 'worker' });
  gateway.closeAllConnections();
  gateway.close();
  await once(gateway, 'close');
  return bodies.join('\n');
}

/** Counts a call of its model that ends at once. */
function count(name: string, end: Partial<ModelCallEnd> = {}, conventions: '1.41' | 'latest' = '1.41'): void {
  modelMetrics().begin({
    connector: 'llm',
    target: model.target,
    conventions,
    operation: 'chat',
    provider: 'openai',
    model: name,
    namedModels: new Set([name]),
    serverAddress: '127.0.0.1',
    serverPort: 80,
    tenantId: undefined,
  })({
    durationMs: 1,
    firstChunkMs: undefined,
    responseModel: undefined,
    tokens: {},
    cost: undefined,
    errorType: undefined,
    status: 'success',
    ...end,
  });
}

/** How often tracing failed, as it is told beside the calls. */
async function failures(): Promise<number | undefined> {
  const { body } = await new HttpMetrics().expose();
  return readSamples(body).find(({ name }) => name === 'onetrace_tracing_errors_total')?.value;
}

describe('the first calls of a process', () => {
  it('by one convention and by the other are counted, and no failure of tracing', async () => {
    for (const conventions of ['1.41', 'latest'] as const)
      for (let index = 0; index < 2; index += 1) count('tiny', {}, conventions);
    expect(await failures()).toBe(0);
    expect(await metrics.value(`${DURATION}_count`)).toBe(2);
    expect(await metrics.value('gen_ai_client_inference_duration_seconds_count')).toBe(2);
    expect(await metrics.value(CALLS)).toBe(4);
  });
});

describe('a call that has ended is counted', () => {
  it.each<[string, () => Promise<string>]>([
    ['at /metrics', async () => (await new HttpMetrics().expose()).body],
    ['in the registry', () => modelMetricsRegistry().metrics()],
    ['in a registry that it was merged into', () => Registry.merge([new Registry(), modelMetricsRegistry()]).metrics()],
    ['where it is pushed to', pushed],
    [
      'in each of its metrics as text',
      async () => {
        const registry = modelMetricsRegistry();
        return [await registry.getSingleMetricAsString(CALLS), await registry.getSingleMetricAsString(DURATION)].join(
          '\n',
        );
      },
    ],
  ])('%s', async (_, expose) => {
    model.answers = [success];
    await model.connector().chatCompletions(REQUEST);
    expect(told(await expose())).toEqual(COUNTED);
  });

  it('in the registry as JSON', async () => {
    model.answers = [success];
    await model.connector().chatCompletions(REQUEST);
    const found = (await modelMetricsRegistry().getMetricsAsJSON()).find(({ name }) => name === CALLS);
    expect(found?.values).toEqual([{ labels: { tenant_id: '', model: 'tiny', status: 'success' }, value: 1 }]);
  });

  it('in a metric that somebody has kept', async () => {
    const kept = modelMetricsRegistry().getSingleMetric(CALLS);
    model.answers = [success];
    await model.connector().chatCompletions(REQUEST);
    expect((await kept?.get())?.values).toMatchObject([{ value: 1 }]);
  });

  it('once, however many end before anybody reads, and while somebody reads', async () => {
    const scrapes: Promise<number | undefined>[] = [];
    for (let index = 1; index <= 1000; index += 1) {
      count('tiny');
      if (index % 100 !== 0) continue;
      scrapes.push(metrics.value(CALLS));
      await Promise.resolve();
    }
    const seen = await Promise.all(scrapes);
    for (const [index, calls = 0] of seen.entries()) {
      expect(calls).toBeGreaterThanOrEqual((index + 1) * 100);
      expect(calls).toBeLessThanOrEqual(1000);
    }
    expect(await metrics.value(CALLS)).toBe(1000);
    expect(await metrics.value(`${DURATION}_count`)).toBe(1000);
    expect(await metrics.value(`${DURATION}_sum`)).toBeCloseTo(1);
    expect(await metrics.value('llm_active_calls')).toBe(0);
  });
});

describe('who resets', () => {
  it('all metrics, forgets the calls that nobody has read', async () => {
    model.answers = [success];
    await model.connector().chatCompletions(REQUEST);
    modelMetricsRegistry().resetMetrics();
    expect(told(await modelMetricsRegistry().metrics())).toEqual([]);
  });

  it('one metric or takes series out of it, forgets the calls that nobody has read in no other one', async () => {
    model.answers = [success, success];
    await model.connector().chatCompletions(REQUEST);
    modelMetricsRegistry().getSingleMetric(DURATION)?.reset();
    expect(told(await modelMetricsRegistry().metrics())).toEqual([{ name: CALLS, value: 1 }]);
    await model.connector().chatCompletions(REQUEST);
    modelMetricsRegistry().getSingleMetric(CALLS)?.remove({ tenant_id: '', model: 'tiny', status: 'success' });
    expect(told(await modelMetricsRegistry().metrics())).toEqual([{ name: `${DURATION}_count`, value: 1 }]);
  });
});

describe('what a metric refuses', () => {
  it('is told as a failure of tracing, and costs neither other calls nor the scrape', async () => {
    const before = (await failures()) ?? 0;
    count('tiny');
    count('tiny', { durationMs: Number.NaN });
    count('tiny');
    expect(await failures()).toBe(before + 1);
    expect(await metrics.value(`${DURATION}_count`)).toBe(2);
    expect(await metrics.value(CALLS)).toBe(3);
    expect(await metrics.value('llm_active_calls')).toBe(0);
  });
});
