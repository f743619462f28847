import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import {
  ANSWER,
  API_KEY,
  COMPLETION,
  hang,
  json,
  ModelServer,
  PROMPT,
  REQUEST,
  success,
} from './model-server.fixture.js';
import { chunk, CHUNKS, event, expectEnded, stay, stream, STREAMED, USAGE } from './streamed-answers.fixture.js';
import type { ConnectorOptions } from './index.js';

const model = new ModelServer();
const usageChunk = { ...chunk({}), choices: [], usage: USAGE };

const ask = async (
  body: unknown,
  more: Partial<ConnectorOptions> = {},
  init: RequestInit = {},
  path = '/v1/chat/completions',
): Promise<Response> =>
  model.connector(more).fetch(`http://${model.target}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });

const bytesOf = (response: Response): AsyncIterable<Uint8Array> => response.body as AsyncIterable<Uint8Array>;

/** Waits for the call's last line: a body that was given up ends a little later than its reader knows. */
async function ended(): Promise<void> {
  while (!model.messages.some((message) => /model call (completed|failed)/.test(message)))
    await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a model call by connector.fetch', () => {
  it('has the span of the call, that of the attempt inside it, and their lines', async () => {
    model.answers = [success];
    expect(await (await ask(REQUEST)).json()).toEqual(COMPLETION);
    expectEnded(model, ['model response received', 'model call completed']);
    const [call, attempt] = [model.chatSpans[0], model.attemptSpans[0]];
    expect(attempt?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
    expect(model.received[0]?.headers['traceparent']).toContain(attempt?.spanContext().spanId);
    expect(call).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'tiny',
        'gen_ai.request.max_tokens': 7,
        'gen_ai.response.model': 'tiny-v2',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.usage.output_tokens': 5,
        'onetrace.attempts': 1,
      },
    });
    expect(model.lines.at(-1)).toMatchObject({ extra: { model: 'tiny', output_tokens: 5 } });
  });

  it('has them for a streamed answer too, with the time to its first chunk', async () => {
    model.answers = [stream([...CHUNKS, usageChunk, '[DONE]'])];
    const text = await (await ask({ ...STREAMED, stream_options: { include_usage: true } })).text();
    expect(text).toBe([...CHUNKS, usageChunk, '[DONE]'].map(event).join(''));
    expectEnded(model, ['model response received', 'model call completed']);
    expect(model.chatSpans[0]?.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'gen_ai.usage.output_tokens': 5,
    });
  });

  it.each([
    ['/v1/completions', 'text_completion tiny', { choices: [{ text: ANSWER, finish_reason: 'length' }] }],
    ['/v1/embeddings', 'embeddings tiny', { data: [{ index: 0, embedding: 'AAAA' }], usage: { prompt_tokens: 2 } }],
    ['/chat/completions', 'chat tiny', COMPLETION],
  ])('is recognised by its path: %s', async (path, name, answer) => {
    model.answers = [json(200, answer)];
    await (await ask({ model: 'tiny', prompt: PROMPT }, {}, {}, path)).text();
    const names = model.collector.spans().map((span) => span.name);
    expect(names.sort()).toEqual([`POST ${model.target}`, name].sort());
  });

  it('is known by a body in bytes and one inside a Request too', async () => {
    model.answers = [success];
    const llm = model.connector();
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(REQUEST) };
    const address = `http://${model.target}/v1/chat/completions`;
    await (await llm.fetch(new Request(address, init))).text();
    await (await llm.fetch(address, { ...init, body: Buffer.from(init.body) })).text();
    expect(model.chatSpans).toHaveLength(2);
    expect(model.received.map(({ headers }) => headers['content-length'])).toEqual(
      Array.from({ length: 2 }, () => String(init.body.length)),
    );
  });

  it.each<[string, Parameters<typeof stream>[0], string, object]>([
    ['reports an error', [CHUNKS[0], { error: { message: PROMPT, code: 500 } }], 'STREAM', { status: 500 }],
    ['ends before the finish reason', CHUNKS.slice(0, 2), 'RESPONSE', {}],
    ['is no JSON', [CHUNKS[0], `{"half": "${ANSWER}`], 'RESPONSE', {}],
  ])('fails where the stream %s; its client gets every byte', async (_, events, code, expected) => {
    model.answers = [stream(events)];
    expect(await (await ask(STREAMED)).text()).toBe(events.map(event).join(''));
    expectEnded(model, ['model request failed', 'model call failed']);
    expect(model.chatSpans[0]?.status.code).toBe(SpanStatusCode.ERROR);
    expect(model.lines.at(-1)).toMatchObject({ extra: { error_code: `ONETRACE_CONNECTOR_${code}`, ...expected } });
  });

  it.each([
    ['no JSON', (text: string) => text.slice(1)],
    ['of another kind', () => '{"choices": 7}'],
  ])('fails where the answer is %s; its client gets it as it is', async (_, spoil) => {
    const body = spoil(JSON.stringify(COMPLETION));
    model.answers = [(_request, response) => void response.setHeader('content-type', 'application/json').end(body)];
    expect(await (await ask(REQUEST)).text()).toBe(body);
    expectEnded(model, ['model request failed', 'model call failed']);
  });

  it('tells the words of a server that refuses, without what they quote', async () => {
    const body = { error: { message: `no model for "${PROMPT}" with ${API_KEY}`, code: 404 } };
    model.answers = [json(404, body)];
    const response = await ask(REQUEST);
    expect([response.status, await response.json()]).toEqual([404, body]);
    expectEnded(model, ['model request failed', 'model call failed']);
    expect(JSON.stringify(model.lines.at(-1))).toContain('no model for');
  });

  it.each<[string, (response: Response) => Promise<unknown>]>([
    ['cancels the body', async (response) => response.body?.cancel()],
    [
      'leaves the loop',
      async (response) => {
        for await (const part of bytesOf(response)) if (part.length > 0) break;
      },
    ],
  ])('is stopped without a fault when its reader %s, and the server knows', async (_, giveUp) => {
    model.answers = [stream(CHUNKS.slice(0, 2), stay)];
    const response = await ask(STREAMED);
    const closed = once(model.received[0]?.socket ?? model.server, 'close');
    await giveUp(response);
    await closed;
    await ended();
    expectEnded(model, ['model response received', 'model call completed']);
    expect(model.lines.at(-1)).toMatchObject({ extra: { stopped: true } });
    expect(model.chatSpans[0]?.events).toMatchObject([{ name: 'stream stopped by its consumer' }]);
  });

  it('is stopped without a fault by the signal once its answer has begun', async () => {
    model.answers = [stream(CHUNKS.slice(0, 2), stay)];
    const controller = new AbortController();
    const response = await ask(STREAMED, {}, { signal: controller.signal });
    const reading = response.text().catch((error: unknown) => error);
    controller.abort();
    expect(await reading).toMatchObject({ name: 'AbortError' });
    await ended();
    expectEnded(model, ['model response received', 'model call completed']);
  });

  it('fails by the signal before that, with the reason of the signal', async () => {
    model.answers = [hang];
    const controller = new AbortController();
    const asking = ask(REQUEST, {}, { signal: controller.signal }).catch((error: unknown) => error);
    while (model.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = once(model.received[0]?.socket ?? model.server, 'close');
    const reason = new RangeError('enough');
    controller.abort(reason);
    expect(await asking).toBe(reason);
    await closed;
    expectEnded(model, ['model request failed', 'model call failed']);
    expect(model.lines.at(-1)).toMatchObject({ extra: { error_code: 'ONETRACE_CONNECTOR_ABORTED' } });
  });

  it.each([
    ['headersMs', hang, { headersMs: 60 }, /sent no headers within 60 ms/],
    ['firstTokenMs', stream([], stay), { firstTokenMs: 60 }, /sent no event of its stream within 60 ms/],
    ['idleMs', stream(CHUNKS.slice(0, 2), stay), { idleMs: 60 }, /silent in the middle of its stream for 60 ms/],
    ['totalMs', stream(CHUNKS.slice(0, 2), stay), { totalMs: 300 }, /no complete answer within 300 ms/],
  ])('keeps to timeouts.%s, as an error of fetch', async (_, answer, timeouts, message) => {
    model.answers = [answer];
    const error: unknown = await ask(STREAMED, { timeouts, retry: { maxAttempts: 1 } })
      .then((response) => response.text())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'TypeError' });
    await ended();
    expectEnded(model, ['model request failed', 'model call failed']);
    expect(model.lines.at(-1)).toMatchObject({ error: { message: expect.stringMatching(message) } });
  });

  it('ends with the total timeout although nobody reads, and rejects nothing that nobody handles', async () => {
    model.answers = [
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const write = (): void => {
          while (response.write(event(CHUNKS[1]).repeat(500)));
          response.once('drain', write);
        };
        write();
      },
    ];
    const response = await ask(STREAMED, { timeouts: { totalMs: 400 } });
    await ended();
    expect(response.bodyUsed).toBe(false);
    expectEnded(model, ['model request failed', 'model call failed']);
  });

  it('does not count the time that a slow reader takes as silence of the server', async () => {
    const events = Array.from({ length: 4000 }, () => CHUNKS[1]);
    model.answers = [stream([...events, CHUNKS[2]])];
    const response = await ask(STREAMED, { timeouts: { idleMs: 80, totalMs: 20_000 } });
    let bytes = 0;
    for await (const part of bytesOf(response)) {
      if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 250));
      bytes += part.length;
    }
    expect(bytes).toBe([...events, CHUNKS[2]].map(event).join('').length);
    expectEnded(model, ['model response received', 'model call completed']);
  });

  it('refuses what is larger than it may be, and compressed although nobody asked for it', async () => {
    model.answers = [success, json(200, {}, { 'content-encoding': 'gzip' })];
    for (const message of [/more than 20 bytes/, /compressed/]) {
      const asking = ask(REQUEST, { maxResponseBytes: 20 }).then((response) => response.text());
      await expect(asking).rejects.toMatchObject({ name: 'TypeError' });
      expect(model.lines.at(-1)).toMatchObject({ error: { message: expect.stringMatching(message) } });
    }
  });

  it('asks for no compression by itself, and once for what the client asks for', async () => {
    model.answers = [success];
    await (await ask(REQUEST)).text();
    const headers = { 'content-type': 'application/json', 'Accept-Encoding': 'br' };
    await (await ask(REQUEST, {}, { headers })).text();
    expect(model.received.map(({ headers: sent }) => sent['accept-encoding'])).toEqual(['identity', 'br']);
  });
});

describe('any other request by connector.fetch', () => {
  it('has a plain span, with its attempt', async () => {
    model.answers = [json(200, { data: [] })];
    const llm = model.connector();
    await (await llm.fetch(`http://${model.target}/v1/models?secret=${API_KEY}`)).json();
    const names = model.collector.spans().map((span) => span.name);
    expect(names.sort()).toEqual([`GET ${model.target}`, 'request llm']);
  });

  it('has an attempt for each redirect', async () => {
    model.answers = [(_request, response) => void response.writeHead(307, { location: '/v1/b' }).end(), success];
    await (await model.connector().fetch(`http://${model.target}/v1/a`)).text();
    const attempts = model.collector.spans().filter((span) => span.name === `GET ${model.target}`);
    expect(attempts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([307, 200]);
    expect(attempts[1]?.attributes['http.request.resend_count']).toBe(1);
  });
});
