import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import {
  type Answer,
  ANSWER,
  API_KEY,
  failure,
  hang,
  json,
  ModelServer,
  PROMPT,
  REQUEST,
  success,
} from './model-server.fixture.js';

const model = new ModelServer();

describe('a server that fails', () => {
  it.each<[string, Answer, object, string]>([
    [
      '500',
      json(500, { error: { message: `cannot read "${PROMPT}"` } }),
      { status: 500, code: 'ONETRACE_CONNECTOR_STATUS' },
      'with 500: "cannot read "[not shown]""',
    ],
    ['401', json(401, { error: 'Unauthorized' }), { status: 401 }, 'with 401: "Unauthorized"'],
    ['a redirect', json(307, {}, { location: 'http://127.0.0.1:1/' }), { status: 307 }, 'redirects are not followed'],
    [
      'broken JSON',
      (_, response) => void response.setHeader('content-type', 'application/json').end(`{"a": ${ANSWER}`),
      { status: 200, code: 'ONETRACE_CONNECTOR_RESPONSE' },
      'bytes is not valid JSON',
    ],
    [
      'no choices',
      json(200, { error: { message: 'engine died' } }),
      { code: 'ONETRACE_CONNECTOR_RESPONSE' },
      'no list of choices',
    ],
    [
      'another content type',
      (_, response) => void response.setHeader('content-type', 'text/html').end('<html>'),
      { code: 'ONETRACE_CONNECTOR_RESPONSE' },
      'content type is "text/html" instead of JSON',
    ],
    [
      'a content type that repeats prompt and key',
      (_, response) =>
        void response.setHeader('content-type', `text/plain; echo="${PROMPT}"; key=${API_KEY}`).end('no JSON'),
      { code: 'ONETRACE_CONNECTOR_RESPONSE' },
      'content type is "text/plain; echo="[not shown]"; key=[not shown]" instead of JSON',
    ],
    [
      'a compressed body',
      json(200, {}, { 'content-encoding': 'gzip' }),
      { code: 'ONETRACE_CONNECTOR_RESPONSE' },
      'compressed',
    ],
    [
      'a huge body',
      json(200, { a: 'x'.repeat(5000) }),
      { code: 'ONETRACE_CONNECTOR_RESPONSE' },
      'more than 4096 bytes',
    ],
    [
      'no HTTP',
      (request) => void request.socket.end('SSH-2.0-OpenSSH\r\n'),
      { code: 'ONETRACE_CONNECTOR_RESPONSE' },
      'did not answer in HTTP',
    ],
    [
      'a truncated body',
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 }).write('{"choices"');
        setTimeout(() => request.socket.destroy(), 20);
      },
      { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: true },
      'broke off its response',
    ],
  ])('with %s is one typed error and is not asked again', async (_name, answer, details, message) => {
    model.answers = [answer];
    const error = await failure(model.connector({ maxResponseBytes: 4096 }).chatCompletions(REQUEST));
    expect(error).toMatchObject({ attempts: 1, retryable: false, target: model.target, ...details });
    expect(error.message).toContain(message);
    // No other one can follow.
    expect(error.message).toContain('(attempt 1); ');
    expect(model.received).toHaveLength(1);
    expect(model.attemptSpans).toMatchObject([{ status: { code: SpanStatusCode.ERROR } }]);
  });

  it('by hanging times out, and its socket is closed each time', async () => {
    model.answers = [hang];
    const closed: Promise<unknown>[] = [];
    model.server.on('request', (request: IncomingMessage) => closed.push(once(request.socket, 'close')));
    const error = await failure(model.connector({ timeouts: { headersMs: 60 } }).chatCompletions(REQUEST));
    expect(error.message).toContain(`${model.target} sent no headers within 60 ms (attempt 3 of 3); `);
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_TIMEOUT', retryable: true });
    await Promise.all(closed);
    expect(closed).toHaveLength(3);
  });

  it.each([
    ['before the headers', hang],
    [
      'inside the body',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ],
  ])('by hanging %s ends with the total timeout', async (_name, answer) => {
    model.answers = [answer];
    const error = await failure(model.connector({ timeouts: { totalMs: 80 } }).chatCompletions(REQUEST));
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_TIMEOUT', retryable: true, attempts: 1 });
    expect(error.message).toContain(`${model.target} gave no complete answer within 80 ms in all (attempt 1); `);
  });

  it('by resetting the connection is asked again', async () => {
    model.answers = [(request) => request.socket.resetAndDestroy(), success];
    await model.connector().chatCompletions(REQUEST);
    expect(model.lines[2]).toMatchObject({ extra: { error_code: 'ONETRACE_CONNECTOR_NETWORK' } });
  });

  it('by not being there says so', async () => {
    const llm = model.connector();
    const address = model.target;
    model.server.close();
    await once(model.server, 'close');
    const error = await failure(llm.chatCompletions(REQUEST));
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_REFUSED', retryable: true, attempts: 3 });
    expect(error.message).toBe(
      `${address} refused the connection (attempt 3 of 3); is the server running on that port?`,
    );
    model.server.listen(0);
    await once(model.server, 'listening');
  });
});
