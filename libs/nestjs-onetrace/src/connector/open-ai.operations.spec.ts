import { describe, expect, it } from '@jest/globals';
import { SpanKind } from '@opentelemetry/api';
import type { CallOptions, OpenAiConnector } from './index.js';
import { type Answer, ANSWER, failure, json, ModelServer, PROMPT } from './model-server.fixture.js';
import { all, stream } from './streamed-answers.fixture.js';

const model = new ModelServer();

interface Operation {
  readonly name: string;
  readonly path: string;
  readonly ask: (llm: OpenAiConnector, options?: CallOptions) => Promise<unknown>;
  readonly answer: object;
  readonly span: Readonly<Record<string, unknown>>;
  readonly malformed: object;
  readonly problem: RegExp;
}

// Answers as vLLM 0.32 gives them.
const USAGE = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
const OPERATIONS: readonly Operation[] = [
  {
    name: 'text_completion',
    path: '/v1/completions',
    ask: (llm, options) => llm.completions({ model: 'tiny', prompt: PROMPT, max_tokens: 7 }, options),
    answer: {
      id: 'cmpl-1',
      object: 'text_completion',
      model: 'tiny',
      choices: [{ index: 0, text: ANSWER, finish_reason: 'length', stop_reason: null }],
      usage: USAGE,
    },
    span: {
      'gen_ai.request.max_tokens': 7,
      'gen_ai.response.id': 'cmpl-1',
      'gen_ai.response.finish_reasons': ['length'],
      'gen_ai.usage.output_tokens': 5,
    },
    malformed: { choices: [ANSWER] },
    problem: /its body has no list of choices/,
  },
  {
    name: 'embeddings',
    path: '/v1/embeddings',
    ask: (llm, options) => llm.embeddings({ model: 'tiny', input: [PROMPT] }, options),
    answer: {
      id: 'embd-1',
      object: 'list',
      model: 'tiny',
      data: [{ index: 0, object: 'embedding', embedding: [0.1, -2] }],
      usage: { prompt_tokens: 4, total_tokens: 4, completion_tokens: 0 },
    },
    span: { 'gen_ai.response.model': 'tiny', 'gen_ai.usage.input_tokens': 4 },
    malformed: { data: null },
    problem: /its body has no list of data/,
  },
  {
    name: 'rerank',
    path: '/v1/rerank',
    ask: (llm, options) => llm.rerank({ model: 'tiny', query: PROMPT, documents: [PROMPT] }, options),
    answer: {
      id: 'rerank-1',
      model: 'tiny',
      usage: { total_tokens: 56 },
      results: [{ index: 0, document: { text: ANSWER }, relevance_score: 0.99 }],
    },
    span: { 'gen_ai.response.id': 'rerank-1' },
    malformed: { results: 'none' },
    problem: /its body has no list of results/,
  },
  {
    name: 'score',
    path: '/score',
    ask: (llm, options) => llm.score({ model: 'tiny', text_1: PROMPT, text_2: [PROMPT] }, options),
    answer: {
      id: 'score-1',
      object: 'list',
      model: 'tiny',
      data: [{ index: 0, object: 'score', score: 1 }],
      usage: {},
    },
    span: { 'gen_ai.response.id': 'score-1' },
    malformed: {},
    problem: /its body has no list of data/,
  },
];

describe.each(OPERATIONS)('$name', ({ name, path, ask, answer, span, malformed, problem }) => {
  const spanOf = (wanted: string) => model.collector.spans().find((found) => found.name === wanted);

  it("is the server's answer, below a span by the GenAI conventions, of which lines and spans tell no content", async () => {
    model.answers = [json(200, answer)];
    expect(await ask(model.connector())).toEqual(answer);
    expect(model.received[0]).toMatchObject({ method: 'POST', url: path });
    const call = spanOf(`${name} tiny`);
    expect(call).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: { 'gen_ai.operation.name': name, 'gen_ai.request.model': 'tiny', ...span },
    });
    expect(model.attemptSpans[0]?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
  });

  it.each<[string, Answer, RegExp]>([
    ['an answer of another kind', json(200, malformed), problem],
    ['an error of the server', json(400, { error: { message: 'no', code: 400 } }), /with 400: "no"/],
    ['a text', (_, response) => response.setHeader('content-type', 'text/plain').end(ANSWER), /instead of JSON/],
  ])('fails by %s', async (_, wrong, message) => {
    model.answers = [wrong];
    expect((await failure(ask(model.connector()))).message).toMatch(message);
    expect(spanOf(`${name} tiny`)?.attributes['error.type']).toMatch(/^ONETRACE_CONNECTOR_/);
  });

  it('is cancelled by its AbortSignal', async () => {
    model.answers = [() => undefined];
    const controller = new AbortController();
    const asked = failure(ask(model.connector(), { signal: controller.signal }));
    controller.abort();
    expect((await asked).code).toBe('ONETRACE_CONNECTOR_ABORTED');
  });
});

describe('what is no GenAI operation', () => {
  it('lists the models', async () => {
    const list = { object: 'list', data: [{ id: 'tiny', object: 'model', max_model_len: 2048 }] };
    model.answers = [json(200, list)];
    expect(await model.connector().models()).toEqual(list);
    expect(model.received[0]).toMatchObject({ method: 'GET', url: '/v1/models' });
    expect(model.collector.spans().map((span) => span.name)).toContain('request llm');
  });

  it('counts tokens', async () => {
    const tokens = { count: 2, max_model_len: 2048, tokens: [1, 2] };
    model.answers = [json(200, tokens)];
    expect(await model.connector().tokenize({ model: 'tiny', prompt: PROMPT })).toEqual(tokens);
    expect(model.received[0]).toMatchObject({ method: 'POST', url: '/tokenize' });
    expect(model.lines.at(-1)).toMatchObject({ extra: { model: 'tiny', tokens: 2 } });
  });
});

it('streams text completions too', async () => {
  const chunk = (text: string, finish: string | null) => ({
    id: 'cmpl-1',
    model: 'tiny',
    choices: [{ index: 0, text, finish_reason: finish }],
  });
  const chunks = [chunk(ANSWER, null), chunk('', 'stop')];
  model.answers = [stream([...chunks, { ...chunk('', null), choices: [], usage: USAGE }, '[DONE]'])];
  const answer = await model.connector().completions({ model: 'tiny', prompt: PROMPT, stream: true });
  expect(await all(answer)).toEqual(chunks);
  const [span] = model.collector.spans().filter(({ name }) => name === 'text_completion tiny');
  expect(span?.attributes).toMatchObject({ 'gen_ai.request.stream': true, 'gen_ai.usage.output_tokens': 5 });
});
