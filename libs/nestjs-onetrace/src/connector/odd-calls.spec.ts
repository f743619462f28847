import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { describeReceived } from '../tracing/index.js';
import { type CallOptions, type ConnectorOptions, createConnector, type HttpConnectorRequest } from './index.js';
import { MetricsOfEachTest } from './metrics-of-each-test.fixture.js';
import { type Answer, COMPLETION, failure, json, ModelServer, REQUEST } from './model-server.fixture.js';
import { stream, STREAMED } from './streamed-answers.fixture.js';

const model = new ModelServer();
const metrics = new MetricsOfEachTest();

describe('a call that cannot be made', () => {
  it.each([[null], ['now'], [{}], [{ aborted: false }]])(
    'is refused before it begins, where its signal is %j',
    async (signal) => {
      const llm = model.connector();
      const options = { signal: signal as unknown as AbortSignal };
      const refused = {
        code: 'ONETRACE_INVALID_OPTION',
        message: `Call of connector "llm" option "signal" is ${describeReceived(signal)}; it takes an AbortSignal`,
      };
      await expect(llm.chatCompletions(REQUEST, options)).rejects.toMatchObject(refused);
      await expect(llm.chatCompletions(STREAMED, options)).rejects.toMatchObject(refused);
      expect(model.lines).toEqual([]);
      expect(await metrics.samples('llm_active_calls')).toEqual([]);
    },
  );

  it.each<[unknown, string]>([
    [
      { sginal: undefined },
      'has no option "sginal"; did you mean "signal"? It takes signal, detached, headers, validate',
    ],
    [
      { timeouts: { totalMs: 5 } },
      'has no option "timeouts"; give it to the connector, for all its calls. A call takes signal, detached, headers, validate',
    ],
    [{ detached: 'yes' }, 'option "detached" is "yes"; it takes true or false'],
    ['now', 'option "options" is "now"; it takes an object'],
    [{ headers: 'x: y' }, 'option "headers" is something else (not shown); it takes an object of header names'],
  ])('is refused before it begins, where its options are %j', async (options, message) => {
    const call = model.connector().embeddings({ model: 'tiny', input: 'x' }, options as CallOptions);
    await expect(call).rejects.toMatchObject({
      code: 'ONETRACE_INVALID_OPTION',
      message: expect.stringContaining(`Call of connector "llm" ${message}`),
    });
    expect(model.lines).toEqual([]);
    expect(model.received).toEqual([]);
  });

  it.each([
    [{ path: '/a', idempotnet: true }, 'has no option "idempotnet"; did you mean "idempotent"?'],
    [{ path: '/a', method: 'get' }, 'option "method" is "get"; it takes GET, HEAD, POST'],
    [{ path: '/a?b=c' }, "; give the query as the option query, such as { q: 'a' }"],
  ])('is refused by a connector of plain HTTP, where it asks for %j', async (request, message) => {
    const files = model.opens(createConnector({ name: 'f', protocol: 'http', baseUrl: `http://${model.target}` }));
    await expect(files.request(request as HttpConnectorRequest)).rejects.toThrow(message);
    expect(model.received).toEqual([]);
  });

  it.each([
    [{ version: 1 }, 'option "version" is 1; it takes a non-empty text'],
    [{ validate: {} }, 'has no option "validate"; it takes signal, detached, headers, version'],
  ])('is refused by a connector of KServe, where its options are %j', async (options, message) => {
    const triton = model.opens(createConnector({ name: 't', protocol: 'kserve', baseUrl: `http://${model.target}` }));
    await expect(triton.infer('add', { inputs: [] }, options as object)).rejects.toThrow(message);
    expect(model.received).toEqual([]);
  });

  it('is refused with one error where its options are null', async () => {
    const llm = model.connector();
    const http = model.opens(createConnector({ name: 'h', protocol: 'http', baseUrl: `http://${model.target}` }));
    const triton = model.opens(createConnector({ name: 't', protocol: 'kserve', baseUrl: `http://${model.target}` }));
    const calls: (() => Promise<unknown>)[] = [
      () => llm.chatCompletions(REQUEST, null as never),
      () => llm.chatCompletions(STREAMED, null as never),
      () => llm.models(null as never),
      () => triton.infer('m', { inputs: [] }, null as never),
      () => triton.inferTensors('m', { inputs: [] }, null as never),
      () => triton.generate('m', { text_input: '' }, null as never),
      () => triton.generateStream('m', { text_input: '' }, null as never),
      () => triton.isReady('m', null as never),
      () => triton.metadata('m', null as never),
      () => http.request(null as never),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'ONETRACE_INVALID_OPTION',
        message: expect.stringMatching(/^Call of connector "\w+" option "options" is null; it takes an object$/),
      });
    }
    expect(model.lines).toEqual([]);
  });

  it.each([[null], ['x'], [() => true], [{ content: 7 }], [{ tools: 'x' }]])(
    'is refused with one error where what its answer is held to is none: %p',
    async (validate) => {
      const call = model.connector().chatCompletions(REQUEST, { validate: validate as never });
      await expect(call).rejects.toMatchObject({
        code: 'ONETRACE_INVALID_OPTION',
        message: expect.stringContaining(
          'option "validate" has something that is no schema; it takes { content, tools',
        ),
      });
      expect(model.lines).toEqual([]);
    },
  );
});

describe('connector.fetch', () => {
  it.each(['..%2fadmin', '%2e%2e%5Cadmin', 'v1/..%2F..%2Fadmin'])(
    'asks for nothing that %s could lead to',
    async (path) => {
      const llm = model.connector({ baseUrl: `http://${model.target}/base` });
      const call = llm.fetch(`http://${model.target}/base/${path}`);
      await expect(call).rejects.toMatchObject({ cause: { code: 'ONETRACE_INVALID_OPTION' } });
      expect(model.received).toEqual([]);
    },
  );
});

describe('an error by connector.fetch', () => {
  const zipped: Answer = (_request, response) =>
    void response.writeHead(503, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)));
  const ask = (more: Partial<ConnectorOptions> = {}): Promise<Response> =>
    model.connector(more).fetch(`http://${model.target}/v1/models`);

  // Node.js's own fetch takes no error of a test runner's realm as a cause: the lines say why.
  const refused = (status: number): object => ({
    message: 'model call failed',
    extra: { error_code: 'ONETRACE_CONNECTOR_RESPONSE', status },
  });

  it('is not unpacked, and is no reason not to ask again', async () => {
    model.answers = [zipped];
    await expect(ask({ retry: { maxAttempts: 2, initialDelayMs: 1 } })).rejects.toThrow('fetch failed');
    expect(model.received).toHaveLength(2);
    expect(model.messages.filter((message) => message === 'model request failed')).toHaveLength(2);
    expect(model.lines.at(-1)).toMatchObject(refused(503));
    model.answers = [zipped, json(200, { data: [] })];
    expect(await (await ask()).json()).toEqual({ data: [] });
  });

  it('has no body without end', async () => {
    model.answers = [(_request, response) => void response.writeHead(400).write('x'.repeat(2000))];
    const response = await ask({ maxResponseBytes: 1000 });
    expect(response.status).toBe(400);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(model.lines.at(-1)).toMatchObject(refused(400));
  });
});

it('reads an answer whose encoding is spelt in another case', async () => {
  model.answers = [json(200, COMPLETION, { 'content-encoding': 'Identity' })];
  await expect(model.connector().chatCompletions(REQUEST)).resolves.toEqual(COMPLETION);
});

describe('what a server says of itself', () => {
  const said = (value: unknown): unknown => ({ model_name: 'm', model_version: value, outputs: [], text_output: 'x' });
  const version = (): unknown =>
    (model.lines.at(-1) as unknown as { extra: Record<string, unknown> }).extra['model_version'];

  it.each<[string, unknown, string | undefined]>([
    ['a text', '1', '1'],
    ['a huge one', 'v'.repeat(100_000), `${'v'.repeat(255)}…`],
    ['an object', { secret: ['a'] }, undefined],
    ['a number', 7, undefined],
    ['null', null, undefined],
    ['a password', 'password=hunter2hunter2', 'password=[redacted]'],
  ])('is told bounded and redacted, and only where it is a text: %s', async (_, value, told) => {
    const triton = model.opens(createConnector({ name: 't', protocol: 'kserve', baseUrl: `http://${model.target}` }));
    model.answers = [json(200, said(value))];
    await triton.infer('m', { inputs: [] });
    expect(version()).toBe(told);
    await triton.inferTensors('m', { inputs: [] });
    expect(version()).toBe(told);
    await triton.generate('m', { text_input: '' });
    expect(version()).toBe(told);
    model.answers = [stream([said(value)])];
    for await (const item of await triton.generateStream('m', { text_input: '' })) void item;
    expect(version()).toBe(told);
  });

  it('is bounded in the answers of the OpenAI API too', async () => {
    const long = 'v'.repeat(1000);
    const [choice] = COMPLETION.choices;
    model.answers = [
      json(200, { ...COMPLETION, id: long, model: long, choices: [{ ...choice, finish_reason: long }] }),
      stream([{ id: long, model: long, choices: [{ index: 0, delta: {}, finish_reason: long }] }]),
    ];
    const llm = model.connector();
    await llm.chatCompletions(REQUEST);
    for await (const item of await llm.chatCompletions(STREAMED)) void item;
    const told = `${'v'.repeat(255)}…`;
    for (const span of model.chatSpans) {
      expect(span.attributes).toMatchObject({
        'gen_ai.response.id': told,
        'gen_ai.response.model': told,
        'gen_ai.response.finish_reasons': [told],
      });
    }
    expect(model.chatSpans).toHaveLength(2);
  });
});

it('is a typed error where an answer is nested deeper than can be read', async () => {
  const data = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`;
  model.answers = [
    (_request, response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`{"outputs":[{"name":"out","datatype":"FP32","shape":[1],"data":${data}}]}`),
  ];
  const triton = model.opens(createConnector({ name: 't', protocol: 'kserve', baseUrl: `http://${model.target}` }));
  const error = await failure(triton.inferTensors('tiny', { inputs: [] }));
  expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_RESPONSE', status: 200, retryable: false });
  expect(error.message).toContain('its output "out" is nested deeper than can be read');
});

describe('an answer with two content types', () => {
  it('is refused like one with a wrong one, and its spans end', async () => {
    model.answers = [
      (_request, response) => void response.setHeader('content-type', ['text/html', 'text/plain']).end('no JSON'),
    ];
    const error = await failure(model.connector().chatCompletions(REQUEST));
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_RESPONSE' });
    expect(error.message).toContain('content type is "text/html,text/plain" instead of JSON');
    expect(model.attemptSpans).toHaveLength(1);
  });

  it('ends the call of a client of its own, and lets the connector close', async () => {
    model.answers = [
      (_request, response) => void response.setHeader('content-type', ['text/html', 'text/plain']).end('no JSON'),
    ];
    const llm = model.connector();
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(REQUEST) };
    const response = await llm.fetch(`http://${model.target}/v1/chat/completions`, post);
    expect(await response.text()).toBe('no JSON');
    await llm.close();
    expect(model.messages.slice(-2)).toEqual(['model request failed', 'model call failed']);
  });
});
