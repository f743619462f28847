import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { failure, json, ModelServer, REQUEST, success } from './model-server.fixture.js';

const model = new ModelServer();
const HOUR = 3_600_000;
const OPEN_MS = 300;
const options = { retry: { maxAttempts: 1 }, circuitBreaker: { consecutiveFailures: 1, halfOpenAfterMs: OPEN_MS } };

// The clock of the machine as somebody sets it; nothing else can be set here.
afterEach(() => void jest.restoreAllMocks());
function setClock(byMs: number): void {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + byMs);
}

describe('a circuit that is open', () => {
  it.each([
    ['back', -HOUR],
    ['forward', HOUR],
  ])('stays so for as long as it shall, where the clock is set %s', async (_, byMs) => {
    model.answers = [json(503, {})];
    const llm = model.connector(options);
    await failure(llm.chatCompletions(REQUEST));
    const opened = performance.now();
    model.answers = [success];
    setClock(byMs);
    const refused = await failure(llm.chatCompletions(REQUEST));
    expect(refused).toMatchObject({ code: 'ONETRACE_CONNECTOR_CIRCUIT_OPEN' });
    expect(refused.retryAfterMs).toBeLessThanOrEqual(OPEN_MS);
    expect(model.received).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, opened + OPEN_MS + 20 - performance.now()));
    await llm.chatCompletions(REQUEST);
    expect(model.received).toHaveLength(2);
    // Closed again: the next one needs no leave.
    await llm.chatCompletions(REQUEST);
  });

  it('is so again where what it let through to see fails, whatever the clock says', async () => {
    model.answers = [json(503, {})];
    const llm = model.connector(options);
    await failure(llm.chatCompletions(REQUEST));
    setClock(-HOUR);
    await new Promise((resolve) => setTimeout(resolve, OPEN_MS + 20));
    expect((await failure(llm.chatCompletions(REQUEST))).status).toBe(503);
    expect((await failure(llm.chatCompletions(REQUEST))).code).toBe('ONETRACE_CONNECTOR_CIRCUIT_OPEN');
    expect(model.received).toHaveLength(2);
  });
});
