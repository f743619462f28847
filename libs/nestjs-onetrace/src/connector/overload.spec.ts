import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { type Answer, failure, json, ModelServer, REQUEST, success } from './model-server.fixture.js';
import { CHUNKS, event, STREAMED } from './streamed-answers.fixture.js';

const model = new ModelServer();

/** Answers that are held back until they are let go; the number of those that are asked for at the same time is seen. */
function heldBack(): { readonly answer: Answer; readonly waiting: () => number; readonly letGo: () => void } {
  const held: (() => void)[] = [];
  return {
    answer: (request, response) => void held.push(() => success(request, response)),
    waiting: () => held.length,
    letGo: () => held.shift()?.(),
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('a bulkhead', () => {
  it('lets so many calls through at a time, others wait in turn, and the next one fails at once', async () => {
    const { answer, waiting, letGo } = heldBack();
    model.answers = [answer];
    const llm = model.connector({ concurrency: { maxConcurrent: 2, maxQueued: 1 } });
    const calls = [1, 2, 3].map(() => llm.chatCompletions(REQUEST));
    const error = await failure(llm.chatCompletions(REQUEST));
    expect(error).toMatchObject({
      code: 'ONETRACE_CONNECTOR_QUEUE_FULL',
      retryable: true,
      sent: false,
      attempts: 0,
      message: `${model.target} was not called: 2 calls are under way and 1 wait already; send less at once, or raise concurrency.maxConcurrent or maxQueued`,
    });
    await until(() => waiting() === 2);
    expect(model.received).toHaveLength(2);
    letGo();
    await until(() => model.received.length === 3 && waiting() === 2);
    letGo();
    letGo();
    await Promise.all(calls);
    const completed = model.lines.filter(({ message }) => message === 'model call completed');
    expect(completed.filter(({ extra }) => 'queued_ms' in (extra as object))).toHaveLength(1);
    expect(model.chatSpans).toHaveLength(4);
  });

  it('gives back the place of who is aborted while it waits, at once', async () => {
    const { answer, waiting, letGo } = heldBack();
    model.answers = [answer];
    const llm = model.connector({ concurrency: { maxConcurrent: 1, maxQueued: 1 } });
    const first = llm.chatCompletions(REQUEST);
    const controller = new AbortController();
    const second = failure(llm.chatCompletions(REQUEST, { signal: controller.signal }));
    controller.abort();
    expect(await second).toMatchObject({ code: 'ONETRACE_CONNECTOR_ABORTED', attempts: 0, sent: false });
    const third = llm.chatCompletions(REQUEST);
    await until(() => waiting() === 1);
    letGo();
    await first;
    await until(() => waiting() === 1);
    letGo();
    await third;
    expect(model.received).toHaveLength(2);
  });

  it('serves who waits in turn, also where many of them have been aborted', async () => {
    const { answer, waiting, letGo } = heldBack();
    model.answers = [answer];
    const llm = model.connector({ concurrency: { maxConcurrent: 1, maxQueued: 3 } });
    const call = (user: string) => llm.chatCompletions({ ...REQUEST, user });
    const first = call('first');
    for (let i = 0; i < 100; i += 1) {
      const controller = new AbortController();
      const aborted = failure(llm.chatCompletions(REQUEST, { signal: controller.signal }));
      controller.abort();
      expect(await aborted).toMatchObject({ code: 'ONETRACE_CONNECTOR_ABORTED', sent: false });
    }
    const calls = [call('second'), call('third')];
    await until(() => waiting() === 1);
    letGo();
    await first;
    // Its caller asks again at once, as in a loop.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    calls.push(call('fourth'));
    for (let served = 0; served < calls.length; served += 1) {
      await until(() => waiting() === 1);
      letGo();
    }
    await Promise.all(calls);
    expect(model.bodies.map((body) => (JSON.parse(String(body)) as { user: string }).user)).toEqual([
      'first',
      'second',
      'third',
      'fourth',
    ]);
  });

  it('counts a stream until it ends', async () => {
    model.answers = [
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event(CHUNKS[0])),
      success,
    ];
    const llm = model.connector({ concurrency: { maxConcurrent: 1, maxQueued: 0 } });
    const stream = await llm.chatCompletions(STREAMED);
    expect(await failure(llm.chatCompletions(REQUEST))).toMatchObject({ code: 'ONETRACE_CONNECTOR_QUEUE_FULL' });
    await stream.return();
    await llm.chatCompletions(REQUEST);
  });
});

describe('a budget of retries', () => {
  it('keeps what a dying server is asked near to what the application asks', async () => {
    model.answers = [json(503, {})];
    const calls = 40;
    const llm = model.connector({
      circuitBreaker: false,
      retry: { maxAttempts: 5, initialDelayMs: 1, maxDelayMs: 2, budget: { ratio: 0.2, minRetries: 4 } },
    });
    for (let call = 0; call < calls; call += 1) await failure(llm.chatCompletions(REQUEST));
    expect(model.received.length).toBeLessThanOrEqual(calls + 4 + calls * 0.2);
    expect(model.received.length).toBeGreaterThan(calls + 4);
  });

  it('can be switched off', async () => {
    model.answers = [json(503, {})];
    const llm = model.connector({
      circuitBreaker: false,
      retry: { maxAttempts: 3, initialDelayMs: 1, maxDelayMs: 1, budget: false },
    });
    for (let call = 0; call < 10; call += 1) await failure(llm.chatCompletions(REQUEST));
    expect(model.received).toHaveLength(30);
  });
});

describe('a connector that is closed', () => {
  it('ends the calls that are under way, their waits for a retry included, refuses new ones, and leaves no socket', async () => {
    const { answer, waiting, letGo } = heldBack();
    model.answers = [json(503, {}), answer];
    const sockets = new Set<unknown>();
    model.server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    const llm = model.connector({ retry: { initialDelayMs: 30, maxDelayMs: 30 } });
    const call = llm.chatCompletions(REQUEST);
    await once(model.server, 'request');
    const closed = llm.close();
    const error = await failure(llm.chatCompletions(REQUEST));
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_CLOSED', attempts: 0, sent: false });
    await until(() => waiting() === 1);
    letGo();
    await call;
    await closed;
    await until(() => sockets.size === 0);
    await llm.close();
  });

  it('keeps connections alive until then, each with one request at a time', async () => {
    model.answers = [success];
    const ports: (number | undefined)[] = [];
    model.server.on('request', (request) => ports.push(request.socket.remotePort));
    const llm = model.connector();
    for (let call = 0; call < 20; call += 1) await llm.chatCompletions(REQUEST);
    // The next call can come before undici takes the first connection for free.
    expect(new Set(ports).size).toBeLessThanOrEqual(2);
    const { answer, waiting, letGo } = heldBack();
    model.answers = [answer];
    const calls = [1, 2, 3].map(() => llm.chatCompletions(REQUEST));
    await until(() => waiting() === 3);
    expect(new Set(ports.slice(-3)).size).toBe(3);
    for (let held = 0; held < 3; held += 1) letGo();
    await Promise.all(calls);
  });
});
