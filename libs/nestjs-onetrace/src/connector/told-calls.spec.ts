import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createConnector } from './index.js';
import { type Answer, API_KEY, failure, hang, json, ModelServer, REQUEST, success } from './model-server.fixture.js';
import { all, stream } from './streamed-answers.fixture.js';

const model = new ModelServer();
const TIME = expect.any(Number);
const chunk = (more: object): object => ({ id: 'chatcmpl-1', model: 'tiny-v2', choices: [], ...more });
const CHUNKS = [
  chunk({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }] }),
  chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  chunk({ usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 } }),
  '[DONE]',
];

/** What every line of a call to this server says of it. */
const whole = () => ({ connector: 'llm', target: model.target, model: 'tiny' });
const attempt = () => ({ ...whole(), method: 'POST', path: '/v1/chat/completions', request_id: expect.any(String) });

describe('a call is told without the help of the server', () => {
  it('by a line when it begins and one when it ends, and two for each attempt, with model, target, status, time and tokens', async () => {
    model.answers = [json(503, {}), success];
    await model.connector().chatCompletions(REQUEST);
    const told = model.lines.map(({ level, message, attempt: number, duration_ms: duration, extra }) => {
      return { level, message, number, duration, extra };
    });
    expect(told).toEqual([
      { level: 'INFO', message: 'model call started', extra: whole() },
      { level: 'INFO', message: 'model request sent', number: 1, extra: attempt() },
      {
        level: 'WARN',
        message: 'model request failed',
        number: 1,
        duration: TIME,
        extra: {
          ...attempt(),
          status: 503,
          error_code: 'ONETRACE_CONNECTOR_STATUS',
          retryable: true,
          retry_in_ms: TIME,
        },
      },
      { level: 'INFO', message: 'model request sent', number: 2, extra: attempt() },
      {
        level: 'INFO',
        message: 'model response received',
        number: 2,
        duration: TIME,
        extra: { ...attempt(), status: 200, bytes: TIME },
      },
      {
        level: 'INFO',
        message: 'model call completed',
        duration: TIME,
        extra: { ...whole(), attempts: 2, input_tokens: 3, output_tokens: 5, finish_reasons: ['stop'] },
      },
    ]);
  });

  it('also one that is streamed, with its first chunk and its tokens', async () => {
    model.answers = [stream(CHUNKS)];
    await all(await model.connector().chatCompletions({ ...REQUEST, stream: true }));
    const [started, sent, received, completed] = model.lines;
    expect([started, sent]).toMatchObject([{ message: 'model call started' }, { message: 'model request sent' }]);
    expect(received).toMatchObject({
      message: 'model response received',
      duration_ms: TIME,
      extra: { ...attempt(), status: 200, bytes: TIME },
    });
    expect(completed).toMatchObject({
      message: 'model call completed',
      duration_ms: TIME,
      extra: { ...whole(), input_tokens: 3, output_tokens: 5, first_chunk_ms: TIME },
    });
    expect(model.lines).toHaveLength(4);
  });

  it.each<[string, Answer, object]>([
    ['an answer with an error', json(400, { error: { message: 'no' } }), { status: 400 }],
    ['no answer', hang, { error_code: 'ONETRACE_CONNECTOR_TIMEOUT' }],
    ['a connection that breaks', (request) => request.socket.destroy(), { error_code: 'ONETRACE_CONNECTOR_NETWORK' }],
    ['an answer that is no JSON', (_, response) => response.end('no'), { status: 200 }],
  ])('also one that fails by %s', async (_, answer, told) => {
    model.answers = [answer];
    // Only who never answers is to be too late, also on a busy machine.
    const llm = model.connector({ retry: { maxAttempts: 1 }, timeouts: { headersMs: answer === hang ? 50 : 60_000 } });
    await failure(llm.chatCompletions(REQUEST));
    expect(model.lines.slice(2)).toMatchObject([
      { level: 'WARN', message: 'model request failed', duration_ms: TIME, extra: { ...attempt(), ...told } },
      { level: 'ERROR', message: 'model call failed', duration_ms: TIME, extra: { ...whole(), attempts: 1, ...told } },
    ]);
  });

  it('by lines of its own spans, so that span, line and what the server got are found by one another', async () => {
    model.answers = [json(503, {}), json(503, {}), success];
    await model.connector().chatCompletions(REQUEST);
    const ids = model.received.map(({ headers }) => headers['x-request-id']);
    expect(new Set(ids).size).toBe(3);
    const ofAttempts = model.lines.filter(({ message }) => message === 'model request sent');
    expect(ofAttempts.map(({ extra }) => (extra as { request_id: unknown }).request_id)).toEqual(ids);
    expect(ofAttempts.map(({ span_id: id }) => id)).toEqual(
      model.attemptSpans.map((span) => span.spanContext().spanId),
    );
    const [call] = model.chatSpans;
    const ofCall = model.lines.filter(({ message }) => message.startsWith('model call'));
    expect(ofCall.map(({ span_id: id }) => id)).toEqual(Array(2).fill(call?.spanContext().spanId));
    expect(new Set(model.lines.map(({ trace_id: id }) => id))).toEqual(new Set([call?.spanContext().traceId]));
  });
});

describe('a key', () => {
  const SECRET = 'another-secret-0123';

  it.each<[string, Answer]>([
    ['error', json(401, { error: { message: `wrong key ${API_KEY}, ${SECRET}` } })],
    ['plain text', (_, response) => response.writeHead(500).end(`Authorization: Bearer ${API_KEY}; ${SECRET}`)],
    ['redirect', json(307, {}, { location: `http://127.0.0.1:1/?key=${API_KEY}&${SECRET}` })],
    ['content type', (_, response) => response.setHeader('content-type', `a/b; ${API_KEY}; ${SECRET}`).end('{}')],
    ['status text', (_, response) => response.writeHead(500, `${API_KEY} ${SECRET}`).end()],
  ])('that a server repeats in its %s stays out of lines, spans and the error', async (_, answer) => {
    model.answers = [answer];
    const llm = model.connector({ headers: { 'x-key': SECRET }, retry: { maxAttempts: 1 } });
    const error = await failure(llm.chatCompletions(REQUEST));
    const told = JSON.stringify([
      model.lines,
      model.collector.spans().map(({ attributes, status, events }) => [attributes, status, events]),
    ]);
    for (const text of [told, inspect(error, { depth: 9 }), JSON.stringify(error)]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(API_KEY);
    }
  });

  it('of a single call stays out too', async () => {
    model.answers = [json(403, { error: `no ${SECRET}` })];
    const call = model
      .connector()
      .chatCompletions(REQUEST, { headers: { authorization: `Basic ${SECRET}`, 'x-k': SECRET } });
    const error = await failure(call);
    expect(model.received[0]?.headers['authorization']).toBe(`Basic ${SECRET}`);
    expect(inspect([error, model.lines], { depth: 9 })).not.toContain(SECRET);
  });

  it('is not in a dump of the connector', () => {
    for (const protocol of ['openai', 'kserve', 'http'] as const) {
      const options = {
        name: 'x',
        protocol,
        baseUrl: `http://${model.target}`,
        apiKey: API_KEY,
        headers: { k: SECRET },
      };
      const connector = model.opens(createConnector(options));
      const dump = inspect(connector, { depth: 9, showHidden: true }) + JSON.stringify(connector);
      expect(dump).not.toContain(API_KEY);
      expect(dump).not.toContain(SECRET);
    }
  });

  it('is not in the refusal of a wrong one', () => {
    const open = (more: object): unknown =>
      createConnector({ name: 'x', protocol: 'openai', baseUrl: `http://${model.target}`, ...more });
    for (const more of [
      { apiKey: `${SECRET}\n` },
      { headers: { 'x-key': `${SECRET}\n` } },
      { baseUrl: `http://u:${SECRET}@h` },
    ]) {
      expect(() => open(more)).toThrow(expect.objectContaining({ message: expect.not.stringContaining(SECRET) }));
    }
  });
});
