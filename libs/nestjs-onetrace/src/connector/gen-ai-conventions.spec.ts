import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KServeConnector } from './index.js';
import { createConnector } from './create-connector.js';
import { ANSWER, COMPLETION, failure, json, ModelServer, REQUEST, success } from './model-server.fixture.js';
import { MetricsOfEachTest } from './metrics-of-each-test.fixture.js';
import { all, CHUNKS, open, stay, stream, USAGE } from './streamed-answers.fixture.js';

const model = new ModelServer();
const metrics = new MetricsOfEachTest();
const OPT_IN = 'OTEL_SEMCONV_STABILITY_OPT_IN';

/** A request that asks for all that the conventions have a name for. */
const FULL_REQUEST = {
  ...REQUEST,
  top_p: 0.9,
  top_k: 40,
  frequency_penalty: 0.1,
  presence_penalty: 0.2,
  stop: ['END'],
  seed: 42,
  n: 2,
  response_format: { type: 'json_object' },
  reasoning_effort: 'low',
  service_tier: 'flex',
};
const FULL_USAGE = {
  ...USAGE,
  prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 1 },
  completion_tokens_details: { reasoning_tokens: 4 },
};
const FULL_ANSWER = json(200, {
  ...COMPLETION,
  choices: [
    { index: 0, message: { role: 'assistant', content: `{"a":"${ANSWER}"}` }, finish_reason: 'stop' },
    { index: 1, message: { role: 'assistant', content: '{}' }, finish_reason: 'length' },
  ],
  usage: FULL_USAGE,
  service_tier: 'default',
  system_fingerprint: 'fp_1',
});

/** What a span says by the conventions. */
function conventional(span = model.chatSpans[0]): Record<string, unknown> {
  const entries = Object.entries(span?.attributes ?? {}).filter(([key]) => /^(?:gen_ai|openai|server)\./.test(key));
  return Object.fromEntries(entries);
}

/** What is the same by both. */
const shared = () => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'tiny',
  'gen_ai.request.max_tokens': 7,
  'gen_ai.request.temperature': 0.5,
  'gen_ai.request.top_p': 0.9,
  'gen_ai.request.top_k': 40,
  'gen_ai.request.frequency_penalty': 0.1,
  'gen_ai.request.presence_penalty': 0.2,
  'gen_ai.request.stop_sequences': ['END'],
  'gen_ai.request.seed': 42,
  'gen_ai.request.choice.count': 2,
  'gen_ai.output.type': 'json',
  'openai.api.type': 'chat_completions',
  'openai.request.service_tier': 'flex',
  'gen_ai.response.id': 'chatcmpl-1',
  'gen_ai.response.model': 'tiny-v2',
  'gen_ai.response.finish_reasons': ['stop', 'length'],
  'gen_ai.usage.input_tokens': 3,
  'gen_ai.usage.output_tokens': 5,
  'gen_ai.usage.cache_read.input_tokens': 2,
  'gen_ai.usage.reasoning.output_tokens': 4,
  'openai.response.service_tier': 'default',
  'openai.response.system_fingerprint': 'fp_1',
  'server.address': '127.0.0.1',
  'server.port': Number(model.target.split(':')[1]),
});

describe('a span of a model call, by the conventions 1.41,', () => {
  it('has all attributes that request and answer tell, and no other', async () => {
    model.answers = [FULL_ANSWER];
    await model.connector().chatCompletions(FULL_REQUEST);
    expect(conventional()).toEqual({ ...shared(), 'gen_ai.usage.cache_creation.input_tokens': 1 });
  });

  it('has of a streamed answer what the chunks told together, and how fast it came', async () => {
    const chunks = CHUNKS.map((chunk) => ({ ...chunk, system_fingerprint: 'fp_1' }));
    const last = { id: 'chatcmpl-1', model: 'tiny-v2', choices: [], usage: FULL_USAGE, service_tier: 'default' };
    model.answers = [
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${JSON.stringify(chunks[0])}\n\n`);
        const rest = [...chunks.slice(1), last].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
        setTimeout(() => response.end(`${rest}data: [DONE]\n\n`), 20);
      },
    ];
    await all(await open(model));
    const [span] = model.chatSpans;
    expect(span?.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.cache_read.input_tokens': 2,
      'gen_ai.usage.reasoning.output_tokens': 4,
      'openai.response.service_tier': 'default',
      'openai.response.system_fingerprint': 'fp_1',
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'onetrace.tokens_per_second': expect.any(Number),
    });
    // Four tokens after the first one.
    const line = model.lines.at(-1) as unknown as { duration_ms: number; extra: { first_chunk_ms: number } };
    const rate = 4000 / (line.duration_ms - line.extra.first_chunk_ms);
    expect(span?.attributes['onetrace.tokens_per_second']).toBeCloseTo(rate, 0);
  });

  it('has of embeddings what was asked for', async () => {
    model.answers = [json(200, { model: 'tiny', data: [], usage: { prompt_tokens: 3 } })];
    await model.connector().embeddings({ model: 'tiny', input: 'a', dimensions: 8, encoding_format: 'base64' });
    const [span] = model.collector.spans().filter(({ name }) => name === 'embeddings tiny');
    expect(conventional(span)).toMatchObject({
      'gen_ai.embeddings.dimension.count': 8,
      'gen_ai.request.encoding_formats': ['base64'],
      'gen_ai.usage.input_tokens': 3,
    });
  });

  it('has of a generation by Triton what its parameters ask for', async () => {
    model.answers = [json(200, { model_name: 'text', model_version: '1', text_output: 'b' })];
    const triton = model.opens<KServeConnector>(
      createConnector({ name: 'triton', protocol: 'kserve', baseUrl: `http://${model.target}` }),
    );
    await triton.generate('text', { text_input: 'a', parameters: { max_tokens: 5, seed: 1, top_k: 3 } });
    const [span] = model.collector.spans().filter(({ name }) => name === 'text_completion text');
    expect(conventional(span)).toMatchObject({
      'gen_ai.provider.name': 'kserve',
      'gen_ai.request.max_tokens': 5,
      'gen_ai.request.seed': 1,
      'gen_ai.request.top_k': 3,
    });
  });

  it('has nothing that the caller put where it does not belong', async () => {
    model.answers = [success];
    const odd = { ...REQUEST, seed: 'x', stop: [1, { a: 1 }], n: null, response_format: 'json', service_tier: 'auto' };
    await model.connector({ provider: 'vllm' }).chatCompletions(odd);
    const keys = Object.keys(conventional());
    expect(keys.filter((key) => /seed|stop|choice|output\.type|openai/.test(key))).toEqual([]);
  });
});

describe('by the newest conventions', () => {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env[OPT_IN];
    process.env[OPT_IN] = 'http, gen_ai_latest_experimental';
  });
  afterEach(() => {
    if (before === undefined) delete process.env[OPT_IN];
    else process.env[OPT_IN] = before;
  });

  it('a span has their names alone', async () => {
    model.answers = [FULL_ANSWER];
    await model.connector().chatCompletions(FULL_REQUEST);
    expect(conventional()).toEqual({
      ...shared(),
      'gen_ai.request.reasoning.level': 'low',
      'gen_ai.usage.cache_write.input_tokens': 1,
    });
  });

  it('metrics have their names alone', async () => {
    model.answers = [FULL_ANSWER];
    await model.connector().chatCompletions(FULL_REQUEST);
    const inference = 'gen_ai_client_inference';
    expect(await metrics.value(`${inference}_duration_seconds_count`)).toBe(1);
    expect(await metrics.value(`${inference}_operation_input_tokens_sum`)).toBe(3);
    expect(await metrics.value(`${inference}_operation_output_tokens_sum`)).toBe(5);
    const unknown = {
      gen_ai_token_modality: 'unknown',
      gen_ai_request_model: 'tiny',
      gen_ai_response_model: 'tiny-v2',
    };
    expect(await metrics.value(`${inference}_usage_input_tokens_total`, unknown)).toBe(3);
    expect(await metrics.value(`${inference}_usage_output_tokens_total`, unknown)).toBe(5);
    expect(await metrics.value(`${inference}_usage_cache_read_input_tokens_total`, unknown)).toBe(2);
    expect(await metrics.value(`${inference}_usage_cache_write_input_tokens_total`, unknown)).toBe(1);
    expect(await metrics.value(`${inference}_usage_reasoning_output_tokens_total`, unknown)).toBe(4);
    for (const old of ['gen_ai_client_operation_duration_seconds_count', 'gen_ai_client_token_usage_count'])
      expect(await metrics.samples(old)).toEqual([]);
  });

  it('a call without usage counts with none, and says how it failed', async () => {
    model.answers = [json(400, {})];
    await failure(model.connector().chatCompletions(REQUEST));
    const failed = { error_type: 'ONETRACE_CONNECTOR_STATUS' };
    expect(await metrics.value('gen_ai_client_inference_duration_seconds_count', failed)).toBe(1);
    expect(await metrics.value('gen_ai_client_inference_operation_input_tokens_count', failed)).toBe(1);
    expect(await metrics.value('gen_ai_client_inference_usage_input_tokens_total')).toBe(0);
    expect(model.chatSpans[0]?.attributes['gen_ai.response.finish_reasons']).toEqual(['error']);
  });

  it('the time to the first chunk has its new name, and an answer that was stopped the reason "error"', async () => {
    model.answers = [stream(CHUNKS.slice(0, 2), stay)];
    const streaming = await open(model);
    await streaming.next();
    await streaming.return();
    expect(await metrics.value('gen_ai_client_inference_time_to_first_chunk_seconds_count')).toBe(1);
    expect(model.chatSpans[0]?.attributes['gen_ai.response.finish_reasons']).toEqual(['error']);
  });

  it('what is no inference keeps its duration', async () => {
    model.answers = [json(200, { model: 'tiny', data: [], usage: { prompt_tokens: 3 } })];
    await model.connector().embeddings({ model: 'tiny', input: 'a' });
    const labels = { gen_ai_operation_name: 'embeddings' };
    expect(await metrics.value('gen_ai_client_operation_duration_seconds_count', labels)).toBe(1);
    expect(await metrics.samples('gen_ai_client_inference_duration_seconds_count')).toEqual([]);
  });
});
