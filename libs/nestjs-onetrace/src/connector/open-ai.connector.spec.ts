import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { withIdentity } from '../context/index.js';
import { createRootLogger, setRootLogger } from '../logging/index.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { ConnectorError, type ConnectorOptions, createConnector, type OpenAiConnector } from './index.js';

const PROMPT = 'a prompt nobody else may read';
const ANSWER = 'an answer nobody else may read';
const API_KEY = 'sk-secret-0123456789';
const REQUEST = { model: 'tiny', messages: [{ role: 'user', content: PROMPT }], max_tokens: 7, temperature: 0.5 };
const COMPLETION = {
  id: 'chatcmpl-1',
  model: 'tiny-v2',
  choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
interface Line {
  readonly message: string;
  readonly [field: string]: unknown;
}

let collector: SpanCollector;
let server: Server;
let answers: Answer[];
let received: IncomingMessage[];
let lines: Line[];
let output: string;
const opened: OpenAiConnector[] = [];

beforeAll(() => {
  collector = collectSpans();
});
afterAll(() => collector.stop());

beforeEach(async () => {
  collector.reset();
  [answers, received, lines, output] = [[], [], [], ''];
  const write = (text: string) => {
    output += text;
    lines.push(JSON.parse(text) as Line);
  };
  setRootLogger(createRootLogger({ component: 'test', level: 'debug', destination: { write } }));
  server = createServer((request, response) => {
    received.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    request.resume().once('end', () => answer?.(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  for (const connector of opened.splice(0)) await connector.close();
  setRootLogger(undefined);
  // Whatever a test did: no content, no key, and each span ended once.
  const spans = collector.spans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
  const everything = output + JSON.stringify(spans);
  for (const secret of [PROMPT, ANSWER, API_KEY]) expect(everything).not.toContain(secret);
  expect(new Set(collector.spans().map((span) => span.spanContext().spanId)).size).toBe(collector.spans().length);
});

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const success = json(200, COMPLETION);
const hang: Answer = () => undefined;

function connector(more: Partial<ConnectorOptions> = {}): OpenAiConnector {
  const { port } = server.address() as AddressInfo;
  const created = createConnector({
    name: 'llm',
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey: API_KEY,
    retry: { initialDelayMs: 1, maxDelayMs: 5 },
    ...more,
    protocol: 'openai',
  });
  opened.push(created);
  return created;
}

async function failure(call: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  const { message, stack } = error as ConnectorError;
  for (const secret of [PROMPT, ANSWER, API_KEY]) expect(`${message}${stack}`).not.toContain(secret);
  return error as ConnectorError;
}

const target = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const chatSpans = () => collector.spans().filter((span) => span.name === 'chat tiny');
const attemptSpans = () => collector.spans().filter((span) => span.name === `POST ${target()}`);
const messages = () => lines.map((line) => line.message);

describe('a call that succeeds', () => {
  it('has one GenAI span around one attempt, whose context is what the server gets', async () => {
    answers = [success];
    const root = trace.getTracer('test').startSpan('activity');
    const identity = { requestId: 'req-00000001', clientId: 'dept-a', pipelineId: 'embed' };
    const ctx = withIdentity(trace.setSpan(context.active(), root), identity);
    const completion = await context.with(ctx, () => connector().chatCompletions(REQUEST));
    root.end();
    expect(completion).toEqual(COMPLETION);

    const [chat] = chatSpans();
    const [attempt] = attemptSpans();
    expect(chat).toMatchObject({
      kind: SpanKind.CLIENT,
      parentSpanContext: { spanId: root.spanContext().spanId },
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'tiny',
        'gen_ai.request.max_tokens': 7,
        'gen_ai.request.temperature': 0.5,
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.model': 'tiny-v2',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.usage.output_tokens': 5,
        'onetrace.component': 'connector',
        'onetrace.attempts': 1,
        'server.address': '127.0.0.1',
      },
    });
    expect(attempt).toMatchObject({
      kind: SpanKind.CLIENT,
      parentSpanContext: { spanId: chat?.spanContext().spanId },
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'url.full': `http://${target()}/v1/chat/completions`,
        'onetrace.component': 'connector',
      },
    });
    expect(attempt?.attributes).not.toHaveProperty('http.request.resend_count');
    const { traceId, spanId } = attempt?.spanContext() ?? { traceId: '', spanId: '' };
    expect(received[0]?.headers).toMatchObject({
      traceparent: `00-${traceId}-${spanId}-03`,
      'x-request-id': `req-00000001-${spanId}`,
      'x-client-id': 'dept-a',
      baggage: expect.stringContaining('pipeline_id=embed'),
      authorization: `Bearer ${API_KEY}`,
    });
    expect(messages()).toEqual([
      'model call started',
      'model request sent',
      'model response received',
      'model call completed',
    ]);
    expect(lines[0]).toMatchObject({ span_id: chat?.spanContext().spanId, parent_span_id: root.spanContext().spanId });
    expect(lines[1]).toMatchObject({
      trace_id: traceId,
      span_id: spanId,
      parent_span_id: chat?.spanContext().spanId,
      component: 'connector',
      client_id: 'dept-a',
      attempt: 1,
    });
    expect(lines[3]).toMatchObject({
      level: 'INFO',
      extra: { model: 'tiny', target: target(), attempts: 1, input_tokens: 3, output_tokens: 5 },
    });
    expect(
      lines.every((line) => line.message.includes('start') || line.message.includes('sent') || 'duration_ms' in line),
    ).toBe(true);
  });

  it('uses its connections again', async () => {
    answers = [success];
    const llm = connector();
    for (let call = 0; call < 6; call += 1) await llm.chatCompletions(REQUEST);
    // The pool opens a second one when the first is just about to be free.
    expect(new Set(received.map(({ socket }) => socket.remotePort)).size).toBeLessThanOrEqual(2);
  });

  it('needs no provider: the caller gets its answer and every attempt a request ID of its own', async () => {
    answers = [json(503, {}), success];
    trace.disable();
    try {
      const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
      const ctx = trace.setSpanContext(context.active(), parent);
      expect(await context.with(ctx, () => connector().chatCompletions(REQUEST))).toEqual(COMPLETION);
    } finally {
      await collector.stop();
      collector = collectSpans();
    }
    const sent = received.map(({ headers }) => String(headers['x-request-id']));
    for (const id of sent) expect(id).toMatch(/^a{32}-[0-9a-f]{16}$/);
    expect(new Set(sent).size).toBe(2);
  });

  it('tells a foreign provider neither client nor baggage', async () => {
    answers = [success];
    const ctx = withIdentity(context.active(), { clientId: 'dept-a', tenantId: 'north' });
    await context.with(ctx, () => connector({ foreign: true }).chatCompletions(REQUEST));
    expect(received[0]?.headers['traceparent']).toMatch(/^00-/);
    expect(received[0]?.headers).not.toHaveProperty('baggage');
    expect(received[0]?.headers).not.toHaveProperty('x-client-id');
  });

  it('refuses to stream, because it cannot yet', async () => {
    const body = { ...REQUEST, stream: true } as never;
    await expect(connector().chatCompletions(body)).rejects.toMatchObject({ code: 'ONETRACE_INVALID_OPTION' });
    expect(received).toEqual([]);
  });
});

describe('a call that is tried again', () => {
  it('succeeds after a 503, each attempt with its own span, context and request ID', async () => {
    answers = [json(503, { error: { message: 'overloaded', code: 503 } }), success];
    await connector().chatCompletions(REQUEST);
    const [first, second] = attemptSpans();
    expect(first).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'http.response.status_code': 503, 'error.type': '503' },
    });
    expect(second?.attributes).toMatchObject({ 'http.request.resend_count': 1, 'http.response.status_code': 200 });
    expect(chatSpans()).toMatchObject([
      { status: { code: SpanStatusCode.UNSET }, attributes: { 'onetrace.attempts': 2 } },
    ]);
    const sent = received.map(({ headers }) => [headers['traceparent'], headers['x-request-id']]);
    expect(sent).toEqual(
      [first, second].map((span) => {
        const { traceId, spanId } = span?.spanContext() ?? { traceId: '', spanId: '' };
        return [`00-${traceId}-${spanId}-03`, `${traceId}-${spanId}`];
      }),
    );
    expect(lines[2]).toMatchObject({
      level: 'WARN',
      message: 'model request failed',
      attempt: 1,
      extra: { status: 503, error_code: 'ONETRACE_CONNECTOR_STATUS', retryable: true, retry_in_ms: expect.any(Number) },
      error: { message: `${target()} answered POST /v1/chat/completions with 503: "overloaded" (attempt 1 of 3)` },
    });
  });

  it('waits as long as Retry-After asks', async () => {
    answers = [json(429, { error: 'slow down' }, { 'retry-after': '1' }), success];
    const started = performance.now();
    await connector().chatCompletions(REQUEST);
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
  });

  it('fails at once when Retry-After asks for more than is allowed, and hands it on', async () => {
    answers = [json(503, {}, { 'retry-after': '120' })];
    const error = await failure(connector().chatCompletions(REQUEST));
    expect(error).toMatchObject({ status: 503, attempts: 1, retryable: true, retryAfterMs: 120_000 });
    expect(received).toHaveLength(1);
  });

  it('fails with the last error after the last attempt', async () => {
    answers = [json(503, { error: 'unavailable' })];
    const error = await failure(connector().chatCompletions(REQUEST));
    expect(error.message).toBe(
      `${target()} answered POST /v1/chat/completions with 503: "unavailable" (attempt 3 of 3)`,
    );
    expect(attemptSpans()).toHaveLength(3);
    expect(chatSpans()).toMatchObject([
      { status: { code: SpanStatusCode.ERROR }, attributes: { 'onetrace.attempts': 3, 'error.type': error.code } },
    ]);
    expect(lines.at(-1)).toMatchObject({
      level: 'ERROR',
      message: 'model call failed',
      extra: { attempts: 3, status: 503 },
    });
  });
});

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
    answers = [answer];
    const error = await failure(connector({ maxResponseBytes: 4096 }).chatCompletions(REQUEST));
    expect(error).toMatchObject({ attempts: 1, retryable: false, target: target(), ...details });
    expect(error.message).toContain(message);
    expect(error.message).toContain('(attempt 1 of 3)');
    expect(received).toHaveLength(1);
    expect(attemptSpans()).toMatchObject([{ status: { code: SpanStatusCode.ERROR } }]);
  });

  it('by hanging times out, and its socket is closed each time', async () => {
    answers = [hang];
    const closed: Promise<unknown>[] = [];
    server.on('request', (request: IncomingMessage) => closed.push(once(request.socket, 'close')));
    const error = await failure(connector({ timeouts: { headersMs: 60 } }).chatCompletions(REQUEST));
    expect(error.message).toBe(`${target()} sent no headers within 60 ms (attempt 3 of 3)`);
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
    answers = [answer];
    const error = await failure(connector({ timeouts: { totalMs: 80 } }).chatCompletions(REQUEST));
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_TIMEOUT', retryable: true, attempts: 1 });
    expect(error.message).toBe(`${target()} gave no complete answer within 80 ms in all (attempt 1 of 3)`);
  });

  it('by resetting the connection is asked again', async () => {
    answers = [(request) => request.socket.resetAndDestroy(), success];
    await connector().chatCompletions(REQUEST);
    expect(lines[2]).toMatchObject({ extra: { error_code: 'ONETRACE_CONNECTOR_NETWORK' } });
  });

  it('by not being there says so', async () => {
    const llm = connector();
    const address = target();
    server.close();
    await once(server, 'close');
    const error = await failure(llm.chatCompletions(REQUEST));
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_REFUSED', retryable: true, attempts: 3 });
    expect(error.message).toBe(
      `${address} refused the connection; is the server running on that port? (attempt 3 of 3)`,
    );
    server.listen(0);
    await once(server, 'listening');
  });
});

describe('a call that its caller aborts', () => {
  it('closes the connection to the server and ends every span once', async () => {
    const reason = new Error('the activity was cancelled');
    const controller = new AbortController();
    const closed = new Promise((resolve) => {
      answers = [
        (request) => {
          request.socket.once('close', resolve);
          controller.abort(reason);
        },
      ];
    });
    const error = await failure(connector().chatCompletions(REQUEST, { signal: controller.signal }));
    await closed;
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_ABORTED', retryable: false, cause: reason });
    expect(collector.spans()).toHaveLength(2);
  });

  it.each([
    ['before it begins', true],
    ['while it waits for a retry', false],
  ])('%s does not call again', async (_name, before) => {
    answers = [json(503, {})];
    const controller = new AbortController();
    if (before) controller.abort();
    else server.on('request', () => setTimeout(() => controller.abort(), 50));
    const llm = connector({ retry: { initialDelayMs: 60_000, maxDelayMs: 60_000 } });
    const error = await failure(llm.chatCompletions(REQUEST, { signal: controller.signal }));
    expect(error.code).toBe('ONETRACE_CONNECTOR_ABORTED');
    expect(received).toHaveLength(before ? 0 : 1);
    expect(chatSpans()).toHaveLength(1);
  });
});

describe('the circuit of a target', () => {
  it('opens after failures in a row, says so, and closes after a success', async () => {
    answers = [json(503, {}), json(503, {}), success];
    const llm = connector({
      circuitBreaker: { consecutiveFailures: 2, halfOpenAfterMs: 40 },
      retry: { maxAttempts: 1 },
    });
    await failure(llm.chatCompletions(REQUEST));
    await failure(llm.chatCompletions(REQUEST));
    const error = await failure(llm.chatCompletions(REQUEST));
    expect(error).toMatchObject({
      code: 'ONETRACE_CONNECTOR_CIRCUIT_OPEN',
      retryable: true,
      attempts: 0,
      cause: { status: 503 },
    });
    expect(received).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await llm.chatCompletions(REQUEST);
    expect(messages().filter((message) => message.startsWith('circuit'))).toEqual(['circuit opened', 'circuit closed']);
  });

  it('stays closed when requests are wrong', async () => {
    answers = [json(400, {})];
    const llm = connector({ circuitBreaker: { consecutiveFailures: 1 } });
    for (let call = 0; call < 3; call += 1) expect((await failure(llm.chatCompletions(REQUEST))).status).toBe(400);
  });
});
