import { describe, expect, it } from '@jest/globals';
import { createConnector } from './index.js';
import { type Answer, failure, hang, json, ModelServer, REQUEST } from './model-server.fixture.js';

const breaksAfterFirst: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`data: ${JSON.stringify({ id: 'a', choices: [{ index: 0, delta: { content: 'x' } }] })}\n\n`);
};

describe('the message of a failure', () => {
  const model = new ModelServer();
  const plain = () => {
    const { target } = model;
    const options = { name: 'files', protocol: 'http', baseUrl: `http://${target}` } as const;
    return model.opens(createConnector({ ...options, retry: { maxAttempts: 2, initialDelayMs: 1 } }));
  };

  it('counts the attempts that there can be after a failure that is tried again', async () => {
    model.answers = [json(503, {})];
    expect((await failure(model.connector().chatCompletions(REQUEST))).message).toContain('(attempt 3 of 3); ');
  });

  it('names the attempt alone after one that is not', async () => {
    model.answers = [json(400, {})];
    expect((await failure(model.connector().chatCompletions(REQUEST))).message).toContain('(attempt 1); ');
  });

  it('names it alone where the request may not be repeated', async () => {
    model.answers = [json(502, {})];
    const once = plain().request({ method: 'POST', path: '/orders' });
    expect((await failure(once)).message).toContain('(attempt 1); ');
    const safe = plain().request({ method: 'POST', path: '/orders', idempotent: true });
    expect((await failure(safe)).message).toContain('(attempt 2 of 2); ');
  });

  it('names it alone where a readiness question is asked once', async () => {
    model.answers = [hang];
    const timeouts = { headersMs: 40 };
    const baseUrl = `http://${model.target}`;
    const triton = model.opens(createConnector({ name: 'triton', protocol: 'kserve', baseUrl, timeouts }));
    await triton.isReady();
    const failed = model.lines.find(({ message }) => message === 'model request failed');
    expect(failed?.['error']).toMatchObject({ message: expect.stringContaining('(attempt 1); ') });
  });

  it('names it alone once a stream has begun', async () => {
    model.answers = [breaksAfterFirst];
    const llm = model.connector({ timeouts: { idleMs: 40 } });
    const stream = await llm.chatCompletions({ ...REQUEST, stream: true });
    await stream.next();
    expect((await failure(stream.next())).message).toContain('for 40 ms (attempt 1); ');
  });

  it('names it alone once the client of a fetch has the response', async () => {
    model.answers = [breaksAfterFirst];
    const llm = model.connector({ timeouts: { idleMs: 40 } });
    const body = JSON.stringify({ ...REQUEST, stream: true });
    const response = await llm.fetch(`http://${model.target}/v1/chat/completions`, { method: 'POST', body });
    await response.text().catch(() => undefined);
    const [attempt] = model.attemptSpans;
    expect(attempt?.status.message).toContain('for 40 ms (attempt 1); ');
  });
});
