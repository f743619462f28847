import { describe, expect, it } from '@jest/globals';
import { bytes, chat, PARENT, post, start, TRACE, traceparent } from './inference.server.fixture.js';
import { readSettings } from './settings.js';

describe('the vLLM half', () => {
  it('answers a chat completion, leaves one llm_request under the caller and a pair of lines', async () => {
    const { url, lines, spans } = await start();
    const headers = { traceparent, 'x-request-id': 'req-1' };
    const response = await post(`${url}/v1/chat/completions`, chat('good morning'), headers);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id: 'chatcmpl-req-1',
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'You said: good morning' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 },
    });

    const [span, ...others] = await spans();
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: 'llm_request',
      kind: 1,
      parentSpanContext: { traceId: TRACE, spanId: PARENT },
      attributes: { 'gen_ai.request.id': 'chatcmpl-req-1', 'gen_ai.usage.completion_tokens': 4 },
    });
    const spanId = span?.spanContext().spanId;
    expect(lines).toMatchObject([
      { message: 'request received', trace_id: TRACE, span_id: spanId, parent_span_id: PARENT, component: 'inference' },
      { message: 'request completed', trace_id: TRACE, extra: { status: 200, request_id: 'req-1', output_tokens: 4 } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('morning');
  });

  it('streams server-sent events with usage on request and ends with [DONE]', async () => {
    const { url, spans } = await start();
    const body = chat('a b', { stream: true, stream_options: { include_usage: true } });
    const response = await post(`${url}/v1/chat/completions`, body, { traceparent });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = (await response.text()).split('\n\n').filter((event) => event !== '');
    expect(events.at(-1)).toBe('data: [DONE]');
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice(6)) as Chunk);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('You said: a b');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
    expect(await spans()).toHaveLength(1);
  });

  it('respects an unsampled parent', async () => {
    const { url, lines, spans } = await start();
    await post(`${url}/v1/chat/completions`, chat('hi'), { traceparent: traceparent.replace(/01$/, '00') });
    expect(await spans()).toEqual([]);
    expect(lines[1]).toMatchObject({ message: 'request completed', trace_id: TRACE });
  });

  it.each([
    [
      { model: 'huge', messages: [{ role: 'user', content: 'x' }] },
      404,
      'NotFoundError',
      'The model `huge` does not exist. Valid aliases: tiny.',
    ],
    [{ model: 'tiny' }, 400, 'Bad Request', "'loc': 'body.messages', 'msg': 'Field required'"],
    [chat('[fault:500]'), 500, 'InternalServerError', 'fault on demand: the model failed'],
    [chat('[fault:503]'), 503, 'ServiceUnavailableError', 'fault on demand: the server is overloaded'],
    [chat('[fault:nonsense]'), 400, 'BadRequestError', 'unknown fault "nonsense"'],
  ])('fails as vLLM does: %j', async (body, status, type, message) => {
    const { url, spans } = await start();
    const response = await post(`${url}/v1/chat/completions`, body, { traceparent });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { type, code: status, message: expect.stringContaining(message) },
    });
    expect(await spans()).toEqual([]);
  });

  it('lists its models and its health', async () => {
    const { url } = await start({ INFERENCE_MODELS: 'tiny,other' });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await (await fetch(`${url}/v1/models`)).json()).toMatchObject({ data: [{ id: 'tiny' }, { id: 'other' }] });
    expect((await fetch(`${url}/nope`)).status).toBe(404);
  });
});

describe('what the real vLLM serves only with a model for it', () => {
  it('embeds the same text the same way, as numbers or as base64', async () => {
    const { url } = await start();
    const embeddings = async (more: object) => {
      const response = await post(`${url}/v1/embeddings`, { model: 'tiny', input: ['a b', 'a b'], ...more });
      const { data } = (await response.json()) as { data: { index: number; embedding: number[] | string }[] };
      expect(data.map(({ index }) => index)).toEqual([0, 1]);
      expect(data[0]?.embedding).toEqual(data[1]?.embedding);
      return data[0]?.embedding;
    };
    const numbers = (await embeddings({})) as number[];
    const bytes = Buffer.from((await embeddings({ encoding_format: 'base64' })) as string, 'base64');
    expect(Math.hypot(...numbers)).toBeCloseTo(1);
    expect(numbers.map((_, at) => bytes.readFloatLE(at * 4))).toEqual(numbers.map(Math.fround));
  });

  it('ranks and scores by the words that texts share', async () => {
    const { url } = await start();
    const documents = ['nothing', 'a blue sky', 'a sky'];
    const ranked = await post(`${url}/v1/rerank`, { model: 'tiny', query: 'a sky', documents, top_n: 2 });
    expect(await ranked.json()).toMatchObject({
      results: [
        { index: 2, relevance_score: 1, document: { text: 'a sky' } },
        { index: 1, relevance_score: expect.any(Number) },
      ],
    });
    const scored = await post(`${url}/score`, { model: 'tiny', text_1: 'a sky', text_2: ['a sky', 'nothing'] });
    expect(await scored.json()).toMatchObject({
      data: [
        { index: 0, score: 1 },
        { index: 1, score: 0 },
      ],
    });
    const wrong = await post(`${url}/score`, { model: 'tiny', text_1: 'a sky' });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { param: 'body.text_2' } }]);
  });
});

describe('the Triton half', () => {
  it('adds two tensors and leaves InferRequest > model > compute under the caller, sampled or not', async () => {
    const { url, spans } = await start();
    const tensor = (name: string, data: unknown[]) => ({ name, datatype: 'FP32', shape: [2, 1], data });
    const body = { id: 'req-7', inputs: [tensor('INPUT0', [[1], [2]]), tensor('INPUT1', [10, 20])] };
    const headers = { traceparent: traceparent.replace(/01$/, '00') };
    const response = await post(`${url}/v2/models/add/versions/1/infer`, body, headers);
    expect(await response.json()).toEqual({
      id: 'req-7',
      model_name: 'add',
      model_version: '1',
      outputs: [{ name: 'OUTPUT0', datatype: 'FP32', shape: [2, 1], data: [11, 22] }],
    });
    const exported = await spans();
    const byName = (name: string) => exported.find((span) => span.name === name);
    expect(exported).toHaveLength(3);
    expect(byName('InferRequest')?.parentSpanContext?.spanId).toBe(PARENT);
    expect(byName('add')?.parentSpanContext?.spanId).toBe(byName('InferRequest')?.spanContext().spanId);
    expect(byName('add')?.attributes).toMatchObject({ 'triton.model_name': 'add', 'triton.request_id': 'req-7' });
    expect(byName('compute')?.parentSpanContext?.spanId).toBe(byName('add')?.spanContext().spanId);
  });

  it('records nothing without a valid context', async () => {
    const { url, spans } = await start();
    expect((await post(`${url}/v2/models/text/infer`, bytes('hi'), { traceparent: 'garbage' })).status).toBe(200);
    expect(await spans()).toEqual([]);
  });

  it('answers errors with one string, and a failing model keeps its span', async () => {
    const { url, lines, spans } = await start();
    const unknown = await post(`${url}/v2/models/nope/infer`, bytes('hi'), { traceparent });
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('content-type')).toBe('text/plain');
    expect(await unknown.json()).toEqual({ error: "Request for unknown model: 'nope' is not found" });
    expect(await spans()).toEqual([]);
    expect(lines[1]).toMatchObject({ level: 'WARN', trace_id: TRACE, extra: { status: 404 } });

    const failing = await post(`${url}/v2/models/text/infer`, bytes('[fault:500]'), { traceparent });
    expect(failing.status).toBe(500);
    expect((await spans()).map((span) => [span.name, span.status.code]).sort()).toEqual([
      ['InferRequest', 0],
      ['compute', 0],
      ['text', 0],
    ]);
  });

  it.each([
    ['/v2/health/live', 200],
    ['/v2/health/ready', 200],
    ['/v2/models/add/ready', 200],
    ['/v2/models/nope/ready', 400],
    ['/v2/models/add/versions/2/ready', 400],
    ['/v2/models/%E0%A4%A/ready', 404],
  ])('GET %s: %i', async (path, status) => {
    const { url } = await start();
    expect((await fetch(`${url}${path}`)).status).toBe(status);
  });
});

describe('a server that ignores the header', () => {
  it('answers the same, logs nothing and exports nothing', async () => {
    const { url, lines } = await start({ INFERENCE_TRACING: 'off' });
    const response = await post(`${url}/v1/chat/completions`, chat('[fault:503-once]'), { traceparent });
    expect(response.status).toBe(503);
    expect((await post(`${url}/v1/chat/completions`, chat('[fault:503-once]'), { traceparent })).status).toBe(200);
    expect(lines).toEqual([]);
  });
});

describe('settings', () => {
  it.each([
    [{ PORT: 'x' }, 'PORT="x": expected an integer from 0 to 65535'],
    [{ INFERENCE_TRACING: 'yes' }, 'INFERENCE_TRACING="yes": expected on or off'],
    [{ INFERENCE_FAULT: 'boom' }, 'unknown fault "boom"'],
  ])('%j is refused', (env, message) => {
    expect(() => readSettings(env)).toThrow(message);
  });
});

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
}
