import { describe, expect, it } from '@jest/globals';
import { failure, hang, json, ModelServer, REQUEST, success } from './model-server.fixture.js';

const model = new ModelServer();

/** Names and attributes of what the spans of the calls tell, call by call. */
function events(): [string, Readonly<Record<string, unknown>>][][] {
  return model.chatSpans.map((span) =>
    span.events
      .filter(({ name }) => name !== 'exception')
      .map(({ name, attributes }): [string, Readonly<Record<string, unknown>>] => [name, attributes ?? {}]),
  );
}

describe('the span of a call tells', () => {
  it('each retry: which attempt is next, after which wait, and why', async () => {
    model.answers = [json(503, {}), (request) => request.socket.resetAndDestroy(), success];
    await model.connector().chatCompletions(REQUEST);
    const scheduled = (attempt: number, reason: string) => [
      'retry scheduled',
      {
        'onetrace.retry.attempt': attempt,
        'onetrace.retry.wait_ms': expect.any(Number),
        'onetrace.retry.reason': reason,
      },
    ];
    expect(events()).toEqual([[scheduled(2, '503'), scheduled(3, 'ONETRACE_CONNECTOR_NETWORK')]]);
  });

  it.each([
    ['Retry-After too long', json(429, {}, { 'retry-after': '120' }), '429', {}],
    ['not enough time left', json(503, {}, { 'retry-after': '20' }), '503', { timeouts: { totalMs: 10_000 } }],
    ['circuit open', json(503, {}), '503', { circuitBreaker: { consecutiveFailures: 1 } }],
    ['retry budget used up', json(503, {}), '503', { retry: { budget: { ratio: 0, minRetries: 0 } } }],
  ] as const)('why there is no retry although attempts are left: %s', async (obstacle, answer, reason, options) => {
    model.answers = [answer];
    expect(await failure(model.connector(options).chatCompletions(REQUEST))).toMatchObject({ attempts: 1 });
    const [told = []] = events();
    expect(told.filter(([name]) => name.startsWith('retry'))).toEqual([
      ['retry given up', { 'onetrace.retry.obstacle': obstacle, 'onetrace.retry.reason': reason }],
    ]);
    const failed = model.lines.find(({ message }) => message === 'model request failed');
    expect(failed?.['extra']).not.toHaveProperty('retry_in_ms');
  });

  it('nothing of retries where none would have helped', async () => {
    model.answers = [json(400, {})];
    await failure(model.connector().chatCompletions(REQUEST));
    expect(events()).toEqual([[]]);
  });

  it('what it has done to the circuit', async () => {
    model.answers = [json(503, {}), success];
    const llm = model.connector({
      circuitBreaker: { consecutiveFailures: 1, halfOpenAfterMs: 20 },
      retry: { maxAttempts: 1 },
    });
    await failure(llm.chatCompletions(REQUEST));
    while (model.received.length < 2) await llm.chatCompletions(REQUEST).catch(() => undefined);
    const told = events().map((call) => call.map(([name]) => name));
    expect(told[0]).toEqual(['circuit opened']);
    expect(told.at(-1)).toEqual(['circuit half-opened', 'circuit closed']);
    for (const refused of told.slice(1, -1)) expect(refused).toEqual([]);
  });

  it('who cancelled it', async () => {
    model.answers = [hang];
    const controller = new AbortController();
    model.server.once('request', () => controller.abort());
    await failure(model.connector().chatCompletions(REQUEST, { signal: controller.signal }));
    expect(events()).toEqual([[['call cancelled', { 'onetrace.cancelled_by': 'caller' }]]]);
    expect(model.lines.at(-1)).toMatchObject({
      level: 'WARN',
      message: 'model call failed',
      extra: { cancelled_by: 'caller' },
    });
  });
});
