import { context } from '@opentelemetry/api';
import { describe, expect, it } from '@jest/globals';
import { withIdentity } from '../context/index.js';
import { COMPLETION, failure, hang, json, ModelServer, REQUEST, success } from './model-server.fixture.js';
import { MetricsOfEachTest } from './metrics-of-each-test.fixture.js';
import { all, CHUNKS, open, stay, stream, USAGE } from './streamed-answers.fixture.js';

const model = new ModelServer();
const metrics = new MetricsOfEachTest();
const DURATION = 'gen_ai_client_operation_duration_seconds';
const TOKENS = 'gen_ai_client_token_usage';
const FIRST_CHUNK = 'gen_ai_client_operation_time_to_first_chunk_seconds';
const streamed = [...CHUNKS, { id: 'chatcmpl-1', model: 'tiny-v2', choices: [], usage: USAGE }];

/** What has to hold of a single call, however it ended. */
async function expectOneCall(status: string, errorType?: string): Promise<void> {
  expect(await metrics.samples('llm_calls_total')).toEqual([
    { name: 'llm_calls_total', labels: { tenant_id: '', model: 'tiny', status }, value: 1 },
  ]);
  const [duration, ...others] = await metrics.samples(`${DURATION}_count`);
  expect(others).toEqual([]);
  expect(duration).toMatchObject({ value: 1, labels: { gen_ai_operation_name: 'chat', gen_ai_request_model: 'tiny' } });
  expect(duration?.labels['error_type']).toBe(errorType);
  expect(await metrics.value('llm_active_calls')).toBe(0);
}

describe('the metrics of a model call', () => {
  it('have the labels and buckets of the conventions', async () => {
    model.answers = [success];
    await model.connector().chatCompletions(REQUEST);
    const { port } = new URL(`http://${model.target}`);
    const labels = {
      gen_ai_operation_name: 'chat',
      gen_ai_provider_name: 'openai',
      gen_ai_request_model: 'tiny',
      gen_ai_response_model: 'tiny-v2',
      server_address: '127.0.0.1',
      server_port: port,
    };
    expect(await metrics.samples(`${DURATION}_count`)).toEqual([{ name: `${DURATION}_count`, labels, value: 1 }]);
    expect(await metrics.samples(`${TOKENS}_sum`)).toEqual([
      { name: `${TOKENS}_sum`, labels: { ...labels, gen_ai_token_type: 'input' }, value: 3 },
      { name: `${TOKENS}_sum`, labels: { ...labels, gen_ai_token_type: 'output' }, value: 5 },
    ]);
    const bounds = async (name: string): Promise<unknown[]> =>
      (await metrics.samples(`${name}_bucket`, { gen_ai_token_type: 'input' })).map((sample) => sample.labels['le']);
    expect(await bounds(TOKENS)).toEqual([...Array.from({ length: 14 }, (_, power) => String(4 ** power)), '+Inf']);
    const seconds = (await metrics.samples(`${DURATION}_bucket`)).map((sample) => Number(sample.labels['le']));
    expect(seconds.slice(0, -1)).toEqual(Array.from({ length: 14 }, (_, power) => 2 ** power / 100));
  });

  it('count a call once, whatever it was retried', async () => {
    model.answers = [json(503, {}), json(503, {}), success];
    await model.connector().chatCompletions(REQUEST);
    expect(model.received).toHaveLength(3);
    await expectOneCall('success');
    expect(await metrics.value(`${TOKENS}_sum`, { gen_ai_token_type: 'output' })).toBe(5);
  });

  it('say how a call failed, with the error type of its span', async () => {
    model.answers = [json(400, { error: { message: 'no' } })];
    await failure(model.connector().chatCompletions(REQUEST));
    await expectOneCall('error', 'ONETRACE_CONNECTOR_STATUS');
    expect(model.chatSpans[0]?.attributes['error.type']).toBe('ONETRACE_CONNECTOR_STATUS');
    expect(await metrics.samples(`${TOKENS}_count`)).toEqual([]);
  });

  it('tell a call that its caller gave up from one that failed', async () => {
    model.answers = [hang];
    const controller = new AbortController();
    const call = model.connector().chatCompletions(REQUEST, { signal: controller.signal });
    expect(await metrics.value('llm_active_calls', { model: 'tiny' })).toBe(1);
    controller.abort();
    await failure(call);
    await expectOneCall('cancelled', 'ONETRACE_CONNECTOR_ABORTED');
  });

  it('count a stream when it ends, with the time to its first chunk', async () => {
    model.answers = [stream([...streamed, '[DONE]'])];
    const streaming = await open(model);
    expect(await metrics.value('llm_active_calls')).toBe(1);
    expect(await metrics.samples('llm_calls_total')).toEqual([]);
    await all(streaming);
    await expectOneCall('success');
    expect(await metrics.value(`${FIRST_CHUNK}_count`)).toBe(1);
    expect(await metrics.value(`${TOKENS}_sum`)).toBe(8);
  });

  it('keep what an answer had taken before it failed in the middle', async () => {
    const counted = { ...CHUNKS[1], usage: USAGE };
    const broken = Promise.withResolvers<void>();
    model.answers = [stream([CHUNKS[0], counted], (response) => void broken.promise.then(() => response.destroy()))];
    const streaming = await open(model);
    await streaming.next();
    broken.resolve();
    await failure(all(streaming));
    await expectOneCall('error', 'ONETRACE_CONNECTOR_RESPONSE');
    expect(await metrics.value(`${FIRST_CHUNK}_count`)).toBe(1);
    expect(await metrics.value(`${TOKENS}_sum`)).toBe(8);
  });

  it('keep what an answer had taken when its consumer stops, which is no failure', async () => {
    const counted = { ...CHUNKS[1], usage: USAGE };
    model.answers = [stream([CHUNKS[0], counted], stay)];
    for await (const chunk of await open(model)) if (chunk.usage) break;
    await expectOneCall('success');
    expect(await metrics.value(`${TOKENS}_sum`)).toBe(8);
  });

  it.each([
    ['whole', success, {}],
    ['in chunks', stream([...streamed, '[DONE]']), { stream: true }],
  ])('count a call by fetch that is answered %s as one of ours', async (_, answer, more) => {
    model.answers = [json(503, {}), answer];
    const body = JSON.stringify({ ...REQUEST, ...more });
    const url = `http://${model.target}/v1/chat/completions`;
    await (await model.connector().fetch(url, { method: 'POST', body })).text();
    await expectOneCall('success');
    expect(await metrics.value(`${TOKENS}_sum`)).toBe(8);
  });

  it('leave out tokens that are no number of anything', async () => {
    // JSON.stringify has no way to say it, JSON.parse understands it.
    const body = JSON.stringify({ ...COMPLETION, usage: { prompt_tokens: 0, completion_tokens: -2 } });
    model.answers = [
      (_request, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(body.replace('"prompt_tokens":0', '"prompt_tokens":1e999')),
    ];
    await model.connector({ prices: { tiny: { inputPerMillion: 1 } } }).chatCompletions(REQUEST);
    await expectOneCall('success');
    expect(await metrics.samples(`${TOKENS}_count`)).toEqual([]);
    expect(await metrics.samples('llm_cost_total')).toEqual([]);
  });

  it('say whose call it was', async () => {
    model.answers = [success];
    const llm = model.connector();
    await context.with(withIdentity(context.active(), { tenantId: 'acme' }), () => llm.chatCompletions(REQUEST));
    expect(await metrics.value('llm_calls_total', { tenant_id: 'acme' })).toBe(1);
  });

  it('name no model that the configuration does not', async () => {
    model.answers = [json(200, { ...COMPLETION })];
    const llm = model.connector({ metrics: { models: ['tiny'] } });
    for (const name of ['tiny', 'scan-1', 'scan-2']) await llm.chatCompletions({ ...REQUEST, model: name });
    expect(await metrics.value('llm_calls_total', { model: 'tiny' })).toBe(1);
    expect(await metrics.value('llm_calls_total', { model: '_OTHER' })).toBe(2);
    expect(await metrics.value(`${DURATION}_count`, { gen_ai_request_model: '_OTHER' })).toBe(2);
  });

  it('name no model that looks like a secret', async () => {
    model.answers = [success];
    await model.connector().chatCompletions({ ...REQUEST, model: 'password=hunter2-hunter2' });
    expect(await metrics.samples('llm_calls_total')).toMatchObject([{ labels: { model: '_OTHER' } }]);
  });

  it('name the first fifty models of the process without one', async () => {
    model.answers = [success];
    const llm = model.connector();
    for (let index = 0; index < 60; index += 1) await llm.chatCompletions({ ...REQUEST, model: `model-${index}` });
    const names = new Set((await metrics.samples('llm_calls_total')).map(({ labels }) => labels['model']));
    expect(names.size).toBeLessThanOrEqual(51);
    expect(names).toContain('_OTHER');
    expect(await metrics.value('llm_calls_total')).toBe(60);
  });
});

describe('the metrics of a circuit breaker', () => {
  it('stay as long as one of several connectors of the same name and target', async () => {
    const [first, second] = [model.connector(), model.connector()];
    const labels = { connector: 'llm', target: model.target };
    await first.close();
    await first.close();
    expect(await metrics.value('onetrace_circuit_open', labels)).toBe(0);
    await second.close();
    expect(await metrics.samples('onetrace_circuit_open', labels)).toEqual([]);
  });

  it('say whether it is open, and how often it changed', async () => {
    model.answers = [json(503, {}), json(503, {}), success];
    const llm = model.connector({
      retry: { maxAttempts: 1 },
      circuitBreaker: { consecutiveFailures: 2, halfOpenAfterMs: 1 },
    });
    const labels = { connector: 'llm', target: model.target };
    const changes = (state: string) => metrics.value('onetrace_circuit_changes_total', { ...labels, state });
    expect(await metrics.value('onetrace_circuit_open', labels)).toBe(0);
    await failure(llm.chatCompletions(REQUEST));
    await failure(llm.chatCompletions(REQUEST));
    expect(await metrics.value('onetrace_circuit_open', labels)).toBe(1);
    expect([await changes('opened'), await changes('half-opened'), await changes('closed')]).toEqual([
      1,
      undefined,
      undefined,
    ]);
    let refused = 0;
    const probe = (): Promise<unknown> =>
      llm.chatCompletions(REQUEST).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_CIRCUIT_OPEN' });
        refused += 1;
        return new Promise(setImmediate).then(probe);
      });
    await probe();
    expect(await metrics.value('onetrace_circuit_open', labels)).toBe(0);
    expect([await changes('opened'), await changes('half-opened'), await changes('closed')]).toEqual([1, 1, 1]);
    const circuitOpen = { status: 'error', model: 'tiny' };
    expect(await metrics.value('llm_calls_total', circuitOpen)).toBe(2 + refused);
    await llm.close();
    expect(await metrics.samples('onetrace_circuit_open', labels)).toEqual([]);
  });
});
