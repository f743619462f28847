import { describe, expect, it } from '@jest/globals';
import type { ConnectorOptions } from './index.js';
import { COMPLETION, failure, json, ModelServer, REQUEST, success } from './model-server.fixture.js';
import { MetricsOfEachTest } from './metrics-of-each-test.fixture.js';
import { all, CHUNKS, open, stay, stream, USAGE } from './streamed-answers.fixture.js';

const model = new ModelServer();
const metrics = new MetricsOfEachTest();
const PRICES: NonNullable<ConnectorOptions['prices']> = {
  tiny: { inputPerMillion: 100, cachedInputPerMillion: 10, outputPerMillion: 1000 },
};
/** Three tokens in, five out. */
const COST = 0.0053;

const costOnSpan = (): unknown => model.chatSpans[0]?.attributes['onetrace.cost'];

describe('the cost of a model call', () => {
  it('is on its span and line, and counted', async () => {
    model.answers = [success];
    await model.connector({ prices: PRICES }).chatCompletions(REQUEST);
    expect(model.chatSpans[0]?.attributes).toMatchObject({ 'onetrace.cost': COST, 'onetrace.cost_currency': 'USD' });
    expect(model.lines.at(-1)).toMatchObject({ extra: { cost: COST, currency: 'USD' } });
    const labels = { tenant_id: '', model: 'tiny' };
    expect(await metrics.samples('llm_cost_usd_total')).toEqual([{ name: 'llm_cost_usd_total', labels, value: COST }]);
    expect(await metrics.value('llm_cost_total', { ...labels, currency: 'USD' })).toBe(COST);
  });

  it('is less for tokens that the provider had in its cache', async () => {
    model.answers = [
      json(200, { ...COMPLETION, usage: { ...COMPLETION.usage, prompt_tokens_details: { cached_tokens: 2 } } }),
    ];
    await model.connector({ prices: PRICES }).chatCompletions(REQUEST);
    expect(costOnSpan()).toBe(0.00512);
  });

  it('is in the currency of its price', async () => {
    model.answers = [success];
    const prices = { tiny: { inputPerMillion: 100, outputPerMillion: 1000, currency: 'EUR' } };
    await model.connector({ prices }).chatCompletions(REQUEST);
    expect(await metrics.value('llm_cost_total', { currency: 'EUR' })).toBe(COST);
    expect(await metrics.samples('llm_cost_usd_total')).toEqual([]);
  });

  it('goes by the name that the model answers with where the one that was asked for has no price', async () => {
    model.answers = [success];
    await model.connector({ prices: { 'tiny-v2': PRICES['tiny'] as never } }).chatCompletions(REQUEST);
    expect(costOnSpan()).toBe(COST);
  });

  it('is counted once, whatever the call was retried', async () => {
    model.answers = [json(503, {}), success];
    await model.connector({ prices: PRICES }).chatCompletions(REQUEST);
    expect(await metrics.value('llm_cost_usd_total')).toBe(COST);
  });

  it('is counted of a stream that its consumer stops, as far as the server had told', async () => {
    model.answers = [stream([CHUNKS[0], { ...CHUNKS[1], usage: USAGE }], stay)];
    for await (const chunk of await open(model, { prices: PRICES })) if (chunk.usage) break;
    expect(costOnSpan()).toBe(COST);
    expect(await metrics.value('llm_cost_usd_total')).toBe(COST);
  });

  it('is unknown without a price, and without usage', async () => {
    model.answers = [success, json(200, { ...COMPLETION, usage: null }), json(500, {})];
    await model.connector({ prices: { other: { inputPerMillion: 1 } } }).chatCompletions(REQUEST);
    const priced = model.connector({ prices: PRICES });
    await priced.chatCompletions(REQUEST);
    await failure(priced.chatCompletions(REQUEST));
    expect(model.chatSpans.map(({ attributes }) => attributes['onetrace.cost'])).toEqual(Array(3).fill(undefined));
    expect(await metrics.samples('llm_cost_total')).toEqual([]);
  });

  it('adds up of a stream as of a whole answer', async () => {
    const usage = { id: 'chatcmpl-1', model: 'tiny-v2', choices: [], usage: USAGE };
    model.answers = [stream([...CHUNKS, usage, '[DONE]'])];
    await all(await open(model, { prices: PRICES }));
    expect(costOnSpan()).toBe(COST);
  });
});

describe("the application's own cache", () => {
  it('is counted as it tells', async () => {
    const llm = model.connector({ metrics: { models: ['tiny'] } });
    for (const hit of [true, false, true]) llm.countCacheLookup('tiny', hit);
    llm.countCacheLookup('scan', false);
    expect(await metrics.value('llm_cache_hits_total', { model: 'tiny' })).toBe(2);
    expect(await metrics.value('llm_cache_misses_total', { model: 'tiny' })).toBe(1);
    expect(await metrics.value('llm_cache_misses_total', { model: '_OTHER' })).toBe(1);
  });
});
