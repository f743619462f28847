import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { failure, json, ModelServer, REQUEST, success } from './model-server.fixture.js';
import { RawServers } from './raw-server.fixture.js';

const model = new ModelServer();
const raw = new RawServers();
afterEach(() => raw.close());

describe('a call that is tried again', () => {
  it('succeeds after a 503, each attempt with its own span, context and request ID', async () => {
    model.answers = [json(503, { error: { message: 'overloaded', code: 503 } }), success];
    await model.connector().chatCompletions(REQUEST);
    const [first, second] = model.attemptSpans;
    expect(first).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'http.response.status_code': 503, 'error.type': '503' },
    });
    expect(second?.attributes).toMatchObject({ 'http.request.resend_count': 1, 'http.response.status_code': 200 });
    expect(model.chatSpans).toMatchObject([
      { status: { code: SpanStatusCode.UNSET }, attributes: { 'onetrace.attempts': 2 } },
    ]);
    const sent = model.received.map(({ headers }) => [headers['traceparent'], headers['x-request-id']]);
    expect(sent).toEqual(
      [first, second].map((span) => {
        const { traceId, spanId } = span?.spanContext() ?? { traceId: '', spanId: '' };
        return [`00-${traceId}-${spanId}-03`, `${traceId}-${spanId}`];
      }),
    );
    expect(model.lines[2]).toMatchObject({
      level: 'WARN',
      message: 'model request failed',
      attempt: 1,
      extra: { status: 503, error_code: 'ONETRACE_CONNECTOR_STATUS', retryable: true, retry_in_ms: expect.any(Number) },
      error: {
        message: `${model.target} answered POST /v1/chat/completions with 503: "overloaded" (attempt 1 of 3); look at the log of the server`,
      },
    });
  });

  it('waits as long as Retry-After asks', async () => {
    model.answers = [json(429, { error: 'slow down' }, { 'retry-after': '1' }), success];
    const started = performance.now();
    await model.connector().chatCompletions(REQUEST);
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
  });

  it('fails at once when Retry-After asks for more than is allowed, and hands it on', async () => {
    model.answers = [json(503, {}, { 'retry-after': '120' })];
    const error = await failure(model.connector().chatCompletions(REQUEST));
    expect(error).toMatchObject({ status: 503, attempts: 1, retryable: true, retryAfterMs: 120_000 });
    expect(model.received).toHaveLength(1);
  });

  it('fails with the last error after the last attempt', async () => {
    model.answers = [json(503, { error: 'unavailable' })];
    const error = await failure(model.connector().chatCompletions(REQUEST));
    expect(error.message).toBe(
      `${model.target} answered POST /v1/chat/completions with 503: "unavailable" (attempt 3 of 3); look at the log of the server`,
    );
    expect(model.attemptSpans).toHaveLength(3);
    expect(model.chatSpans).toMatchObject([
      { status: { code: SpanStatusCode.ERROR }, attributes: { 'onetrace.attempts': 3, 'error.type': error.code } },
    ]);
    expect(model.lines.at(-1)).toMatchObject({
      level: 'ERROR',
      message: 'model call failed',
      extra: { attempts: 3, status: 503 },
    });
  });
});

describe('a call that its caller aborts', () => {
  it('closes the connection to the server and ends every span once', async () => {
    const reason = new Error('the activity was cancelled');
    const controller = new AbortController();
    const closed = new Promise((resolve) => {
      model.answers = [
        (request) => {
          request.socket.once('close', resolve);
          controller.abort(reason);
        },
      ];
    });
    const error = await failure(model.connector().chatCompletions(REQUEST, { signal: controller.signal }));
    await closed;
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_ABORTED', retryable: false, cause: reason });
    expect(model.collector.spans()).toHaveLength(2);
  });

  it('is over at once, also while its connection is being made', async () => {
    // It accepts, and never says a word of TLS.
    const baseUrl = `https://${await raw.onConnection(() => undefined)}`;
    const controller = new AbortController();
    const llm = model.connector({ baseUrl, timeouts: { connectMs: 60_000 }, retry: { maxAttempts: 1 } });
    const failed = failure(llm.chatCompletions(REQUEST, { signal: controller.signal }));
    while (raw.sockets.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    expect(await failed).toMatchObject({ code: 'ONETRACE_CONNECTOR_ABORTED' });
    expect(model.chatSpans).toHaveLength(1);
  });

  it('sends nothing over a connection that comes when it is over', async () => {
    model.answers = [success];
    const controller = new AbortController();
    const llm = model.connector();
    const failed = failure(llm.chatCompletions(REQUEST, { signal: controller.signal }));
    controller.abort();
    expect(await failed).toMatchObject({ code: 'ONETRACE_CONNECTOR_ABORTED' });
    await llm.chatCompletions(REQUEST);
    expect(model.received).toHaveLength(1);
  });

  it('leaves no connection that is still being made behind when its connector is closed', async () => {
    const baseUrl = `https://${await raw.onConnection((socket) => socket.resume())}`;
    const controller = new AbortController();
    const llm = model.connector({ baseUrl, timeouts: { connectMs: 60_000 }, retry: { maxAttempts: 1 } });
    const failed = failure(llm.chatCompletions(REQUEST, { signal: controller.signal }));
    while (raw.sockets.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = once(raw.sockets[0] as Socket, 'close');
    controller.abort();
    await failed;
    await llm.close();
    await closed;
  });

  it.each([
    ['before it begins', true],
    ['while it waits for a retry', false],
  ])('%s does not call again', async (_name, before) => {
    model.answers = [json(503, {})];
    const controller = new AbortController();
    if (before) controller.abort();
    else model.server.on('request', () => setTimeout(() => controller.abort(), 50));
    const llm = model.connector({ retry: { initialDelayMs: 60_000, maxDelayMs: 60_000 } });
    const error = await failure(llm.chatCompletions(REQUEST, { signal: controller.signal }));
    expect(error.code).toBe('ONETRACE_CONNECTOR_ABORTED');
    expect(model.received).toHaveLength(before ? 0 : 1);
    expect(model.chatSpans).toHaveLength(1);
  });
});

describe('the circuit of a target', () => {
  it('opens after failures in a row, says so, and leaves the target alone', async () => {
    model.answers = [json(503, {})];
    const llm = model.connector({
      circuitBreaker: { consecutiveFailures: 2, halfOpenAfterMs: 60_000 },
      retry: { maxAttempts: 1 },
    });
    const before = Date.now();
    await failure(llm.chatCompletions(REQUEST));
    await failure(llm.chatCompletions(REQUEST));
    const error = await failure(llm.chatCompletions(REQUEST));
    expect(error).toMatchObject({
      code: 'ONETRACE_CONNECTOR_CIRCUIT_OPEN',
      retryable: true,
      attempts: 0,
      cause: { status: 503 },
    });
    expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
    // A timer would cut off what follows the point, and end too early.
    expect(Number.isInteger(error.retryAfterMs)).toBe(true);
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(60_000 - (Date.now() - before));
    await new Promise((resolve) => setTimeout(resolve, 20));
    // What is left, not what it was in all: Temporal waits that long.
    const later = await failure(llm.chatCompletions(REQUEST));
    expect(later.retryAfterMs).toBeLessThanOrEqual((error.retryAfterMs ?? 0) - 15);
    expect(model.received).toHaveLength(2);
    expect(model.messages.filter((message) => message.startsWith('circuit'))).toEqual(['circuit opened']);
  });

  it('closes after a success', async () => {
    model.answers = [json(503, {}), success];
    const llm = model.connector({
      circuitBreaker: { consecutiveFailures: 1, halfOpenAfterMs: 40 },
      retry: { maxAttempts: 1 },
    });
    expect(await failure(llm.chatCompletions(REQUEST))).toMatchObject({ status: 503 });
    while (model.received.length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await llm.chatCompletions(REQUEST).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_CIRCUIT_OPEN' });
      });
    }
    expect(model.messages.filter((message) => message.startsWith('circuit'))).toEqual([
      'circuit opened',
      'circuit closed',
    ]);
  });

  it('stays closed when requests are wrong', async () => {
    model.answers = [json(400, {})];
    const llm = model.connector({ circuitBreaker: { consecutiveFailures: 1 } });
    for (let call = 0; call < 3; call += 1) expect((await failure(llm.chatCompletions(REQUEST))).status).toBe(400);
  });

  it('is not opened again by what began before it opened, while it is being probed', async () => {
    const asked = Promise.withResolvers<() => void>();
    const probed = Promise.withResolvers<() => void>();
    model.answers = [
      (request) => asked.resolve(() => request.socket.resetAndDestroy()),
      json(503, {}),
      (request, response) => probed.resolve(() => success(request, response)),
    ];
    const llm = model.connector({
      circuitBreaker: { consecutiveFailures: 1, halfOpenAfterMs: 20 },
      retry: { maxAttempts: 1 },
    });
    const early = failure(llm.chatCompletions(REQUEST));
    const breakOff = await asked.promise;
    await failure(llm.chatCompletions(REQUEST));
    let probe: Promise<unknown> = Promise.resolve();
    while (model.received.length < 3) {
      probe = llm.chatCompletions(REQUEST).catch(() => undefined);
      await Promise.race([probe, probed.promise]);
    }
    breakOff();
    await early;
    (await probed.promise)();
    expect(await probe).toMatchObject({ id: 'chatcmpl-1' });
    expect(model.messages.filter((message) => message.startsWith('circuit'))).toEqual([
      'circuit opened',
      'circuit closed',
    ]);
  });
});
