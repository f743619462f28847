import { describe, expect, it } from '@jest/globals';
import { type Answer, API_KEY, COMPLETION, json, ModelServer, REQUEST, success } from './model-server.fixture.js';
import { expectEnded } from './streamed-answers.fixture.js';

const model = new ModelServer();
const post = (init: RequestInit & { duplex?: 'half' } = {}): [string, RequestInit] => [
  `http://${model.target}/v1/chat/completions`,
  { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(REQUEST), ...init },
];
const reset: Answer = (request) => void request.socket.destroy();
const statuses = (): unknown[] =>
  model.attemptSpans.map(({ attributes }) => attributes['http.response.status_code'] ?? attributes['error.type']);

describe('connector.fetch tries again', () => {
  it('what can be sent again, inside the one call, each time with a request ID of its own', async () => {
    model.answers = [json(503, {}), reset, success];
    const response = await model.connector().fetch(...post());
    expect(await response.json()).toEqual(COMPLETION);
    expect(statuses()).toEqual([503, expect.any(String), 200]);
    expect(model.chatSpans).toHaveLength(1);
    expect(model.chatSpans[0]?.attributes['onetrace.attempts']).toBe(3);
    expect(new Set(model.received.map(({ headers }) => headers['x-request-id'])).size).toBe(3);
    expect(model.attemptSpans.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([
      undefined,
      1,
      2,
    ]);
  });

  it.each<[string, () => RequestInit]>([
    ['bytes', () => ({ body: Buffer.from('{"model":"tiny"}') })],
    ['a form', () => ({ body: formOf('form') })],
    ['parameters', () => ({ body: new URLSearchParams({ a: '1' }) })],
    ['a Blob', () => ({ body: new Blob(['blob']) })],
  ])('%s, whole', async (_, init) => {
    model.answers = [json(503, {}), success];
    const lengths: (string | undefined)[] = [];
    model.server.on('request', (request) => lengths.push(request.headers['content-length']));
    const [address, { method = 'POST' }] = post();
    expect((await model.connector().fetch(address, { method, ...init() })).status).toBe(200);
    expect(lengths).toHaveLength(2);
    expect(lengths[1]).toBe(lengths[0]);
  });

  it('as what it was when it was given, whatever its owner does with it meanwhile', async () => {
    model.answers = [json(503, {}), success];
    const bodies: string[] = [];
    model.server.on('request', (request) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => bodies.push(text));
    });
    const body = Buffer.from('{"model":"tiny"}');
    const asking = model.connector().fetch(...post({ body }));
    body.fill('x');
    await asking;
    expect(bodies).toEqual(['{"model":"tiny"}', '{"model":"tiny"}']);
  });

  it('and gives the last answer as it is', async () => {
    model.answers = [json(503, { error: 'one' }), json(503, { error: 'two' })];
    const response = await model.connector({ retry: { maxAttempts: 2, initialDelayMs: 1 } }).fetch(...post());
    expect([response.status, await response.json()]).toEqual([503, { error: 'two' }]);
    expect(model.messages.filter((message) => message === 'model call failed')).toHaveLength(1);
    expect(model.lines.at(-1)).toMatchObject({ extra: { attempts: 2, status: 503 } });
  });

  it('and gives the last error as fetch throws it', async () => {
    model.answers = [reset];
    const error: unknown = await model
      .connector({ retry: { maxAttempts: 2, initialDelayMs: 1 } })
      .fetch(...post())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'TypeError' });
    expect(model.attemptSpans).toHaveLength(2);
  });
});

describe('connector.fetch sends once', () => {
  it('a stream, and gives the answer to that', async () => {
    model.answers = [json(503, { error: 'busy' }), success];
    const stream = new Blob([JSON.stringify(REQUEST)]).stream();
    const response = await model.connector().fetch(...post({ body: stream, duplex: 'half' }));
    expect([response.status, await response.json()]).toEqual([503, { error: 'busy' }]);
    expect(model.received).toHaveLength(1);
  });

  it.each([400, 401, 404, 409, 500])('what is answered with %d', async (status) => {
    model.answers = [json(status, {}), success];
    expect((await model.connector().fetch(...post())).status).toBe(status);
  });

  it('POST to what is no model, once the server can have begun', async () => {
    model.answers = [reset, success];
    const [, init] = post();
    await expect(model.connector().fetch(`http://${model.target}/v1/batches`, init)).rejects.toMatchObject({
      message: 'fetch failed',
    });
    expect(model.received).toHaveLength(1);
  });

  it('what has been answered with success, whatever becomes of the body', async () => {
    model.answers = [
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{');
        setTimeout(() => request.socket.destroy(), 20);
      },
      success,
    ];
    const response = await model.connector().fetch(...post());
    await expect(response.text()).rejects.toMatchObject({ message: 'terminated' });
    expectEnded(model, ['model request failed', 'model call failed']);
  });
});

describe('the circuit of a target', () => {
  it('counts what connector.fetch sees, and stops it with an error of fetch', async () => {
    model.answers = [json(503, {})];
    const llm = model.connector({ retry: { maxAttempts: 1 }, circuitBreaker: { consecutiveFailures: 2 } });
    for (let call = 0; call < 2; call += 1) await (await llm.fetch(...post())).text();
    const error: unknown = await llm.fetch(...post()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'TypeError', cause: { code: 'ONETRACE_CONNECTOR_CIRCUIT_OPEN' } });
    expect(model.received).toHaveLength(2);
    expect(model.messages).toContain('circuit opened');
  });

  it('gives the answer that is there when it opens on the way', async () => {
    model.answers = [json(503, { error: 'busy' })];
    const llm = model.connector({ circuitBreaker: { consecutiveFailures: 1 } });
    const response = await llm.fetch(...post());
    expect([response.status, await response.json()]).toEqual([503, { error: 'busy' }]);
  });
});

function formOf(text: string): FormData {
  const form = new FormData();
  form.append('file', new File([text], 'name.txt'));
  form.append('key', API_KEY);
  return form;
}
