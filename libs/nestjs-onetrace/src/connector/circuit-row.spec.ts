import { describe, expect, it } from '@jest/globals';
import type { OpenAiConnector } from './index.js';
import { type Answer, failure, hang, json, ModelServer, REQUEST, success } from './model-server.fixture.js';
import { CHUNKS, stream, STREAMED } from './streamed-answers.fixture.js';

const CIRCUIT_OPEN = { code: 'ONETRACE_CONNECTOR_CIRCUIT_OPEN' };
const broken: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 }).write('{');
  setTimeout(() => response.destroy(), 10);
};
const reset: Answer = (request) => request.socket.resetAndDestroy();
const failsLate = stream([CHUNKS[0], { error: { message: 'late', code: 500 } }]);
const failsFirst = stream([{ error: { message: 'no', code: 500 } }]);

describe('the row of failures that opens the circuit', () => {
  const model = new ModelServer();

  /** Makes one call for each answer, by a connector whose circuit opens after two failures. */
  async function afterCalls(answers: readonly Answer[], ask = asWhole): Promise<OpenAiConnector> {
    model.answers = [...answers];
    const llm = model.connector({
      retry: { maxAttempts: 1 },
      timeouts: answers.includes(hang) ? { totalMs: 250 } : {},
      circuitBreaker: { consecutiveFailures: 2 },
    });
    for (let made = 0; made < answers.length; made += 1) await ask(llm).catch(() => undefined);
    model.answers = [success];
    return llm;
  }

  it.each<[string, Answer]>([
    ['503', json(503, {})],
    ['502', json(502, {})],
    ['a connection that is reset', reset],
    ['a `totalMs` that is over', hang],
    ['a body that breaks off', broken],
  ])('grows by %s', async (_, answer) => {
    const llm = await afterCalls([answer, answer]);
    expect(await failure(llm.chatCompletions(REQUEST))).toMatchObject(CIRCUIT_OPEN);
    expect(model.received).toHaveLength(2);
  });

  it('grows by a server that says first of all in its stream that it failed', async () => {
    const llm = await afterCalls([failsFirst, failsFirst], streamed);
    expect(await failure(llm.chatCompletions(REQUEST))).toMatchObject(CIRCUIT_OPEN);
  });

  it.each<[string, Answer]>([
    ['404', json(404, {})],
    ['429', json(429, {})],
    ['500', json(500, {})],
    ['an answer that is not JSON', (_request, response) => void response.end('words')],
  ])('neither grows nor ends by %s', async (_, answer) => {
    const llm = await afterCalls([answer, answer, answer]);
    await llm.chatCompletions(REQUEST);
    const again = await afterCalls([json(503, {}), answer, json(503, {})]);
    expect(await failure(again.chatCompletions(REQUEST))).toMatchObject(CIRCUIT_OPEN);
  });

  it('ends by an answer, and does not grow by what comes later in a stream', async () => {
    const llm = await afterCalls([json(503, {}), success, json(503, {})]);
    await llm.chatCompletions(REQUEST);
    const again = await afterCalls([failsLate, failsLate, failsLate], streamed);
    await again.chatCompletions(REQUEST);
  });

  async function asWhole(llm: OpenAiConnector): Promise<void> {
    await llm.chatCompletions(REQUEST);
  }

  async function streamed(llm: OpenAiConnector): Promise<void> {
    const chunks = await llm.chatCompletions({ ...STREAMED, stream: true });
    while ((await chunks.next()).done !== true);
  }
});
