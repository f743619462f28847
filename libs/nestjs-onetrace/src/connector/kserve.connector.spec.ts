import { describe, expect, it } from '@jest/globals';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { CollectedSpan } from '../testing/index.js';
import { type ConnectorOptions, createConnector, type KServeConnector } from './index.js';
import { type Answer, ANSWER, failure, hang, json, ModelServer, PROMPT } from './model-server.fixture.js';
import { all, stay, stream } from './streamed-answers.fixture.js';

const model = new ModelServer();
const triton = (more: Partial<ConnectorOptions> = {}): KServeConnector =>
  model.opens(
    createConnector({
      name: 'triton',
      baseUrl: `http://${model.target}`,
      retry: { initialDelayMs: 1 },
      timeouts: { idleMs: 80 },
      ...more,
      protocol: 'kserve',
    }),
  );
const spanOf = (name: string): CollectedSpan | undefined => model.collector.spans().find((span) => span.name === name);
const GENERATED = { model_name: 'writer', model_version: '2', text_output: ANSWER };

describe('generate', () => {
  it("is the model's text, below a GenAI span", async () => {
    model.answers = [json(200, GENERATED)];
    const body = { text_input: PROMPT, parameters: { max_tokens: 9, temperature: 0 } };
    expect(await triton().generate('writer', body, { version: '2' })).toEqual(GENERATED);
    expect(model.received[0]?.url).toBe('/v2/models/writer/versions/2/generate');
    expect(spanOf('text_completion writer')).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: {
        'gen_ai.operation.name': 'text_completion',
        'gen_ai.provider.name': 'kserve',
        'gen_ai.request.model': 'writer',
        'gen_ai.request.max_tokens': 9,
        'gen_ai.request.temperature': 0,
      },
    });
    expect(model.lines.at(-1)).toMatchObject({ extra: { model: 'writer', model_version: '2' } });
  });

  it.each<[string, Answer, RegExp]>([
    [
      'an error with status 200',
      json(200, { error: `not 1 response to '${PROMPT}'` }),
      /with 200, but its body is an error: "not 1 response to '\[not shown\]'"/,
    ],
    ['an answer without a text', json(200, { outputs: [] }), /with 200, but its body has no text_output/],
    [
      'an unknown model',
      json(400, { error: `no '${PROMPT}' here` }),
      /answered .* with 400: "no '\[not shown\]' here"/,
    ],
  ])('fails by %s', async (_, answer, message) => {
    model.answers = [answer];
    expect((await failure(triton().generate('writer', { text_input: PROMPT }))).message).toMatch(message);
  });
});

describe('generate_stream', () => {
  it('gives what comes as it comes, and ends with the stream', async () => {
    const events = [GENERATED, { ...GENERATED, text_output: ' and more' }];
    model.answers = [stream(events)];
    expect(await all(await triton().generateStream('writer', { text_input: PROMPT }))).toEqual(events);
    expect(model.received[0]?.url).toBe('/v2/models/writer/generate_stream');
    expect(spanOf('text_completion writer')?.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
    });
  });

  it.each<[string, Answer, RegExp]>([
    [
      'an error behind the 200',
      stream([GENERATED, { error: 'out of memory' }]),
      /failed in its stream: "out of memory"/,
    ],
    ['an event that is no object', stream([GENERATED, '7']), /an event of its stream is no object/],
    [
      'a connection that breaks',
      stream([GENERATED], (response) => setTimeout(() => response.destroy(), 20)),
      /broke off/,
    ],
  ])('fails by %s', async (_, answer, message) => {
    model.answers = [answer];
    const streaming = await triton().generateStream('writer', { text_input: PROMPT });
    await streaming.next();
    expect((await failure(streaming.next())).message).toMatch(message);
    expect(spanOf('text_completion writer')?.status.code).toBe(SpanStatusCode.ERROR);
  });

  it('that goes silent is told apart from one that is done', async () => {
    model.answers = [stream([GENERATED], stay)];
    const streaming = await triton().generateStream('writer', { text_input: PROMPT });
    await streaming.next();
    expect((await failure(streaming.next())).message).toMatch(/was silent in the middle of its stream for 80 ms/);
  });
});

describe('what a server says of itself', () => {
  it.each<[string, Answer, boolean]>([
    ['yes', json(200, {}), true],
    ['not yet', json(400, {}), false],
    ['not yet, by 503', json(503, {}), false],
  ])('ready: %s, asked once', async (_, answer, ready) => {
    model.answers = [answer];
    const connector = triton();
    expect(await connector.isReady('writer', { version: '1' })).toBe(ready);
    expect(await connector.isReady()).toBe(ready);
    const asked = model.received.map(({ method, url }) => `${method} ${url}`);
    expect(asked).toEqual(['GET /v2/models/writer/versions/1/ready', 'GET /v2/health/ready']);
  });

  it.each<[string, Answer | undefined]>([
    ['refuses the connection', undefined],
    ['does not answer in time', hang],
    ['breaks the connection', (request) => request.socket.resetAndDestroy()],
  ])('not ready: a server that %s, which is no failure of who asks', async (_, answer) => {
    const connector = triton({ timeouts: { headersMs: answer === hang ? 60 : 60_000 } });
    if (answer === undefined) model.server.close();
    else model.answers = [answer];
    expect(await connector.isReady()).toBe(false);
    expect(model.lines.at(-1)).toMatchObject({
      level: 'INFO',
      message: 'model call completed',
      extra: { ready: false },
    });
    expect(spanOf('request triton')?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('ready: who gives the question up, or asks a connector that is closed, has no answer', async () => {
    const connector = triton();
    expect((await failure(connector.isReady('add', { signal: AbortSignal.abort() }))).code).toBe(
      'ONETRACE_CONNECTOR_ABORTED',
    );
    await connector.close();
    expect((await failure(connector.isReady())).code).toBe('ONETRACE_CONNECTOR_CLOSED');
  });

  it.each<[string, (connector: KServeConnector) => Promise<unknown>, string, object]>([
    ['metadata', (c) => c.metadata('add'), '/v2/models/add', { name: 'add', inputs: [], outputs: [] }],
    ['config', (c) => c.config('add', { version: '1' }), '/v2/models/add/versions/1/config', { name: 'add' }],
    [
      'statistics',
      (c) => c.statistics('add'),
      '/v2/models/add/stats',
      { model_stats: [{ name: 'add', version: '1' }] },
    ],
  ])('%s', async (_, ask, url, answer) => {
    model.answers = [json(200, answer)];
    expect(await ask(triton())).toEqual(answer);
    expect(model.received[0]).toMatchObject({ method: 'GET', url });
    expect(spanOf('request triton')?.kind).toBe(SpanKind.INTERNAL);
  });
});
