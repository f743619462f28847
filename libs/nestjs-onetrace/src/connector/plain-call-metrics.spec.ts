import { describe, expect, it } from '@jest/globals';
import { type ConnectorOptions, createConnector, type KServeConnector } from './index.js';
import { MetricsOfEachTest } from './metrics-of-each-test.fixture.js';
import { failure, hang, json, ModelServer, REQUEST, success } from './model-server.fixture.js';

const model = new ModelServer();
const metrics = new MetricsOfEachTest();
const DURATION = 'onetrace_connector_call_duration_seconds';
const SUM = { outputs: [{ name: 'sum', datatype: 'FP32', shape: [1], data: [3] }] };
const triton = (more: Partial<ConnectorOptions> = {}): KServeConnector =>
  model.opens(createConnector({ ...more, name: 'triton', protocol: 'kserve', baseUrl: `http://${model.target}` }));

/** The only samples of the calls that the GenAI conventions have no series for. */
async function expectCalls(expected: readonly (readonly [Readonly<Record<string, string>>, number])[]): Promise<void> {
  const samples = await metrics.samples(`${DURATION}_count`);
  expect(samples).toEqual(expected.map(([labels, value]) => ({ name: `${DURATION}_count`, labels, value })));
}

describe('a call with tensors', () => {
  const labels = () => ({ connector: 'triton', target: model.target, operation: 'infer', model: 'add' });

  it.each<[string, (connector: KServeConnector) => Promise<unknown>]>([
    ['infer', (connector) => connector.infer('add', { inputs: [] })],
    ['inferTensors', (connector) => connector.inferTensors('add', { inputs: [] })],
  ])('by %s is counted once as a call of its model, whatever it was retried, and timed', async (_, infer) => {
    model.answers = [json(503, {}), json(200, SUM)];
    await infer(triton({ retry: { initialDelayMs: 1 } }));
    expect(await metrics.samples('llm_calls_total')).toEqual([
      { name: 'llm_calls_total', labels: { tenant_id: '', model: 'add', status: 'success' }, value: 1 },
    ]);
    expect(await metrics.value('llm_active_calls')).toBe(0);
    await expectCalls([[labels(), 1]]);
    expect(await metrics.samples('gen_ai_client_operation_duration_seconds_count')).toEqual([]);
  });

  it('that fails or is given up is told by its error type', async () => {
    model.answers = [json(400, { error: 'no' }), hang];
    const connector = triton();
    await failure(connector.infer('add', { inputs: [] }));
    const controller = new AbortController();
    model.server.once('request', () => controller.abort());
    await failure(connector.infer('add', { inputs: [] }, { signal: controller.signal }));
    await expectCalls([
      [{ ...labels(), error_type: 'ONETRACE_CONNECTOR_STATUS' }, 1],
      [{ ...labels(), error_type: 'ONETRACE_CONNECTOR_ABORTED' }, 1],
    ]);
    expect(await metrics.value('llm_calls_total', { status: 'error' })).toBe(1);
    expect(await metrics.value('llm_calls_total', { status: 'cancelled' })).toBe(1);
  });

  it('names no model that the configuration does not', async () => {
    model.answers = [json(200, SUM)];
    await triton({ metrics: { models: ['mul'] } }).infer('add', { inputs: [] });
    await expectCalls([[{ ...labels(), model: '_OTHER' }, 1]]);
  });
});

describe('a call that asks no model for an answer', () => {
  it('is timed, and counted as no call of a model', async () => {
    model.answers = [json(200, { data: [] }), json(200, {}), json(200, {}), json(200, {})];
    const llm = model.connector();
    await llm.models();
    await (await llm.fetch(`http://${model.target}/v1/models`)).text();
    await triton().isReady('add');
    const baseUrl = `http://${model.target}`;
    await model.opens(createConnector({ name: 'files', protocol: 'http', baseUrl })).request({ path: '/list' });
    const request = (connector: string) => ({ connector, target: model.target, operation: 'request', model: '' });
    await expectCalls([
      [request('llm'), 2],
      [request('triton'), 1],
      [request('files'), 1],
    ]);
    expect(await metrics.samples('llm_calls_total')).toEqual([]);
    expect(await metrics.samples('llm_active_calls')).toEqual([]);
  });

  it('leaves the series of the conventions to their operations', async () => {
    model.answers = [success];
    await model.connector().chatCompletions(REQUEST);
    await expectCalls([]);
  });
});
