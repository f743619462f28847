import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import type { ConnectorError } from './index.js';
import { type Answer, ANSWER, API_KEY, failure, json, ModelServer, PROMPT } from './model-server.fixture.js';
import {
  all,
  chunk,
  CHUNKS,
  event,
  expectEnded,
  open,
  stay,
  stream,
  STREAMED,
  USAGE,
} from './streamed-answers.fixture.js';

const model = new ModelServer();
const usageChunk = { ...chunk({}), choices: [], usage: USAGE };

describe('a streamed completion', () => {
  it('is what the server sends, chunk by chunk, and its spans and lines say what it took', async () => {
    model.answers = [stream([...CHUNKS, usageChunk, '[DONE]'])];
    expect(await all(await open(model))).toEqual(CHUNKS);
    expectEnded(model, ['model response received', 'model call completed']);
    expect(model.chatSpans[0]).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'gen_ai.request.stream': true,
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.model': 'tiny-v2',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.response.time_to_first_chunk': expect.any(Number),
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.usage.output_tokens': 5,
      },
    });
    expect(model.lines.at(-1)).toMatchObject({
      span_id: model.chatSpans[0]?.spanContext().spanId,
      extra: { output_tokens: 5, finish_reasons: ['stop'], first_chunk_ms: expect.any(Number) },
    });
    expect(model.received[0]?.headers.accept).toBe('text/event-stream');
  });

  it('asks for the usage; who asks for it alone gets its chunk too', async () => {
    const bodies: unknown[] = [];
    model.answers = [stream([...CHUNKS, usageChunk, '[DONE]'])];
    model.server.on('request', (request) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => bodies.push((JSON.parse(text) as { stream_options: unknown }).stream_options));
    });
    const llm = model.connector();
    expect(await all(await llm.chatCompletions(STREAMED))).toHaveLength(3);
    const asking = { ...STREAMED, stream_options: { include_usage: true } };
    expect((await all(await llm.chatCompletions(asking))).at(-1)).toEqual(usageChunk);
    await all(await llm.chatCompletions({ ...STREAMED, stream_options: { include_usage: false } }));
    expect(bodies).toEqual([{ include_usage: true }, { include_usage: true }, { include_usage: false }]);
  });

  it('needs neither the last word nor usage where the finish reason has come', async () => {
    const last = { ...chunk({}, 'length'), usage: USAGE };
    model.answers = [stream([CHUNKS[0], last])];
    expect(await all(await open(model))).toHaveLength(2);
    expect(model.chatSpans[0]?.attributes).toMatchObject({ 'gen_ai.usage.output_tokens': 5 });
  });

  it('ends although the server keeps the connection open behind its last word', async () => {
    model.answers = [stream([...CHUNKS, '[DONE]'], stay)];
    expect(await all(await open(model))).toEqual(CHUNKS);
    expectEnded(model, ['model response received', 'model call completed']);
  });

  it('ends although comments follow the last word without end', async () => {
    const comments = (response: ServerResponse): void => {
      const timer = setInterval(() => response.write(': keep-alive\n\n'), 100);
      response.once('close', () => clearInterval(timer));
    };
    model.answers = [stream([...CHUNKS, '[DONE]'], comments)];
    expect(await all(await open(model, { timeouts: { totalMs: 5000 } }))).toEqual(CHUNKS);
    expectEnded(model, ['model response received', 'model call completed']);
  });

  it('passes tool calls and reasoning on as they are, also cut anywhere and with odd line ends', async () => {
    const delta = { tool_calls: [{ index: 0, function: { arguments: '{"a":"ü€😀"}' } }], reasoning: 'hm' };
    const text = `: keep-alive\r\n\r\nevent: message\r\nid: 7\r\ndata: ${JSON.stringify(chunk(delta))}\r\n\r\n${event(chunk({}, 'tool_calls'))}`;
    model.answers = [
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const bytes = Buffer.from(text);
        let at = 0;
        const next = (): void => {
          if (at >= bytes.length) return void response.end();
          response.write(bytes.subarray(at, (at += 7)), () => setImmediate(next));
        };
        next();
      },
    ];
    expect((await all(await open(model)))[0]?.choices[0]?.delta).toEqual(delta);
  });

  it('is tried again until the first chunk, and has one attempt that streams', async () => {
    model.answers = [json(503, {}), stream([{ error: { message: 'warming up', code: 503 } }]), stream(CHUNKS)];
    expect(await all(await open(model))).toEqual(CHUNKS);
    expect(model.attemptSpans).toHaveLength(3);
    expect(model.chatSpans).toHaveLength(1);
    expect(model.chatSpans[0]?.attributes['onetrace.attempts']).toBe(3);
  });

  it('uses its connection again', async () => {
    model.answers = [stream([...CHUNKS, '[DONE]'])];
    const llm = model.connector();
    for (let call = 0; call < 6; call += 1) await all(await llm.chatCompletions(STREAMED));
    expect(new Set(model.received.map(({ socket }) => socket.remotePort)).size).toBeLessThanOrEqual(2);
  });
});

describe('a stream that fails in the middle', () => {
  const secret = `cannot go on with "${PROMPT}" and ${API_KEY}`;

  it.each<[string, Answer, Partial<ConnectorError>, RegExp]>([
    [
      'an error of vLLM',
      stream([...CHUNKS.slice(0, 2), { error: { message: secret, type: 'InternalServerError', code: 500 } }, '[DONE]']),
      { code: 'ONETRACE_CONNECTOR_STREAM', status: 500, retryable: true },
      /with 200, then failed in its stream with 500: "cannot go on with/,
    ],
    [
      'an error in words, of another server',
      stream([...CHUNKS.slice(0, 2), { error: 'out of slots' }]),
      { code: 'ONETRACE_CONNECTOR_STREAM', status: 200, retryable: true },
      /then failed in its stream: "out of slots"/,
    ],
    [
      'an error of the caller',
      stream([...CHUNKS.slice(0, 2), { error: { message: 'too long', code: 400 } }]),
      { code: 'ONETRACE_CONNECTOR_STREAM', status: 400, retryable: false },
      /with 400: "too long"/,
    ],
    [
      'a connection that breaks',
      stream(CHUNKS.slice(0, 2), (response) => setTimeout(() => response.destroy(), 20)),
      { code: 'ONETRACE_CONNECTOR_RESPONSE', status: 200, retryable: true },
      /broke off its response in the middle of the body/,
    ],
    [
      'an end before the finish reason',
      stream(CHUNKS.slice(0, 2)),
      { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false },
      /its stream ended before the answer was complete/,
    ],
    [
      'something that is not JSON',
      stream([...CHUNKS.slice(0, 2), `{"half": "${ANSWER}`]),
      { code: 'ONETRACE_CONNECTOR_RESPONSE' },
      /an event of its stream, of \d+ characters, is not valid JSON/,
    ],
    [
      'JSON of another kind',
      stream([...CHUNKS.slice(0, 2), '[1]']),
      { code: 'ONETRACE_CONNECTOR_RESPONSE' },
      /an event of its stream has no list of choices/,
    ],
    [
      'silence',
      stream(CHUNKS.slice(0, 2), stay),
      { code: 'ONETRACE_CONNECTOR_TIMEOUT', retryable: true },
      /was silent in the middle of its stream for 80 ms/,
    ],
  ])('by %s gives its consumer what came, then one error', async (_, answer, expected, message) => {
    model.answers = [answer];
    const streaming = await open(model, { timeouts: { idleMs: 80 } });
    const got = [await streaming.next(), await streaming.next()];
    expect(got.map(({ value }) => value as unknown)).toEqual(CHUNKS.slice(0, 2));
    const error = await failure(streaming.next());
    expect(error).toMatchObject(expected);
    expect(error.message).toMatch(message);
    // Whoever asks again gets the same answer, and nothing ends twice.
    await expect(streaming.next()).rejects.toBe(error);
    await streaming.return();
    expectEnded(model, ['model request failed', 'model call failed']);
    expect(model.chatSpans[0]?.status.code).toBe(SpanStatusCode.ERROR);
    expect(model.chatSpans[0]?.attributes).toMatchObject({ 'gen_ai.response.id': 'chatcmpl-1' });
    // The response began well, whatever its stream says.
    expect(model.attemptSpans[0]?.attributes).toMatchObject({ 'http.response.status_code': 200 });
  });

  it.each<[string, Answer, RegExp]>([
    ['sends no event in time', stream([], stay), /sent no event of its stream within 60 ms \(attempt 2 of 2\)/],
    [
      'sends comments for ever',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write(': wait\n\n'), 10);
        response.once('close', () => clearInterval(timer));
      },
      /sent no event of its stream within 60 ms/,
    ],
    [
      'answers as a whole',
      json(200, { id: 'x' }),
      /its content type is "application\/json" instead of an event stream/,
    ],
  ])('before its first chunk rejects the call: a server that %s', async (_, answer, message) => {
    model.answers = [answer];
    const retry = { maxAttempts: 2, initialDelayMs: 1 };
    const error = await failure(open(model, { timeouts: { firstTokenMs: 60 }, retry }));
    expect(error.message).toMatch(message);
    expect(model.chatSpans).toHaveLength(1);
  });

  it('keeps to the limit of bytes', async () => {
    model.answers = [stream(Array.from({ length: 400 }, () => CHUNKS[1]))];
    const error = await failure(open(model, { maxResponseBytes: 20_000 }).then(all));
    expect(error.message).toMatch(/more than 20000 bytes/);
  });
});
