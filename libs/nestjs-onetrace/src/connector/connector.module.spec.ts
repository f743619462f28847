import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createRootLogger, setRootLogger } from '../logging/index.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import {
  ConnectorModule,
  createConnector,
  getConnectorToken,
  HttpConnector,
  InjectConnector,
  KServeConnector,
  OpenAiConnector,
} from './index.js';

@Injectable()
class Models {
  constructor(
    @InjectConnector('llm') readonly llm: OpenAiConnector,
    @InjectConnector('triton') readonly triton: KServeConnector,
  ) {}
}

@Module({ providers: [{ provide: 'ADDRESS', useValue: 'http://127.0.0.1:2' }], exports: ['ADDRESS'] })
class ConfigModule {}

const imports = [
  ConnectorModule.register({ name: 'llm', protocol: 'openai', baseUrl: 'http://127.0.0.1:1' }),
  ConnectorModule.registerAsync({
    name: 'triton',
    imports: [ConfigModule],
    inject: ['ADDRESS'],
    useFactory: async (baseUrl: string) => ({ protocol: 'kserve', baseUrl }),
  }),
];

describe('ConnectorModule', () => {
  it('injects several connectors by name, with options that are there or come later', async () => {
    const module = await Test.createTestingModule({ imports, providers: [Models] }).compile();
    const models = module.get(Models);
    expect(models.llm).toBeInstanceOf(OpenAiConnector);
    expect(models.llm.target).toBe('127.0.0.1:1');
    expect(models.triton).toBeInstanceOf(KServeConnector);
    expect(models.triton).toMatchObject({ name: 'triton', target: '127.0.0.1:2' });
    await module.close();
  });

  it('is imported by other modules through one that registers once and exports it again', async () => {
    @Module({ imports, exports: [ConnectorModule] })
    class ModelsModule {}
    @Module({ imports: [ModelsModule], providers: [Models] })
    class FeatureModule {}
    const module = await Test.createTestingModule({ imports: [FeatureModule, ModelsModule] }).compile();
    expect(module.get(Models, { strict: false })).toMatchObject({ llm: { name: 'llm' }, triton: { name: 'triton' } });
    await module.close();
  });

  it('lets a test put its own in the place of one', async () => {
    const fake = { chatCompletions: () => 'fake' };
    const module = await Test.createTestingModule({ imports, providers: [Models] })
      .overrideProvider(getConnectorToken('llm'))
      .useValue(fake)
      .compile();
    expect(module.get(Models).llm).toBe(fake);
    await module.close();
  });

  it.each([
    ['chatCompletions', 'triton', 'kserve', 'KServeConnector'],
    ['infer', 'llm', 'openai', 'OpenAiConnector'],
    ['request', 'llm', 'openai', 'OpenAiConnector'],
  ])('says of %s by a connector of another protocol which one it is', async (method, name, protocol, type) => {
    const module = await Test.createTestingModule({ imports }).compile();
    const connector = module.get<Record<string, () => Promise<unknown>>>(getConnectorToken(name), { strict: false });
    await expect(connector[method]?.()).rejects.toMatchObject({
      code: 'ONETRACE_INVALID_OPTION',
      message: `connector "${name}" has no method ${method}, because its protocol is '${protocol}'; inject it as ${type}, or correct "protocol" or the name that is injected`,
    });
    await module.close();
  });

  it('stops the start when a factory gives a wrong option', async () => {
    const wrong = ConnectorModule.registerAsync({
      name: 'llm',
      useFactory: () => ({ protocol: 'openai', baseUrl: 'nowhere' }),
    });
    await expect(Test.createTestingModule({ imports: [wrong] }).compile()).rejects.toMatchObject({
      code: 'ONETRACE_INVALID_OPTION',
    });
  });
});

describe('connectors without GenAI', () => {
  let collector: SpanCollector;
  let server: Server;
  let received: { readonly request: IncomingMessage; readonly body: string }[] = [];
  let status = 200;
  let output = '';
  const baseUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  beforeAll(async () => {
    collector = collectSpans();
    const write = (line: string) => void (output += line);
    setRootLogger(createRootLogger({ component: 'test', level: 'debug', destination: { write } }));
    server = createServer((request, response) => {
      void text(request).then((body) => {
        received.push({ request, body });
        const { id } = JSON.parse(body || '{}') as { id?: string };
        const reply = { id, model_name: 'add', model_version: '1', outputs: [{ name: 'OUTPUT0', data: [3] }] };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    collector.reset();
    [received, status, output] = [[], 200, ''];
  });
  afterAll(async () => {
    setRootLogger(undefined);
    server.closeAllConnections();
    server.close();
    await collector.stop();
  });

  it('infer sends tensors with the attempt as request ID, under a span without gen_ai attributes', async () => {
    const triton = createConnector({ name: 'triton', protocol: 'kserve', baseUrl: baseUrl() });
    const inputs = [{ name: 'INPUT0', datatype: 'INT64', shape: [1], data: [1] }];
    const answer = await triton.infer('a/b', { inputs }, { version: '1' });
    await triton.close();
    expect(answer.outputs).toMatchObject([{ name: 'OUTPUT0', data: [3] }]);
    expect(received[0]?.request.url).toBe('/v2/models/a%2Fb/versions/1/infer');
    const [attempt, call] = collector.spans();
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ id: received[0]?.request.headers['x-request-id'], inputs });
    expect(answer.id).toContain(attempt?.spanContext().spanId);
    expect(call).toMatchObject({ name: 'infer a/b', attributes: { 'onetrace.connector': 'triton' } });
    expect(Object.keys(call?.attributes ?? {}).filter((key) => key.startsWith('gen_ai'))).toEqual([]);
  });

  it('keeps an ID that the caller gave', async () => {
    const triton = createConnector({ name: 'triton', protocol: 'kserve', baseUrl: baseUrl() });
    expect((await triton.infer('add', { id: 'mine', inputs: [] })).id).toBe('mine');
    await triton.close();
  });

  it('request keeps its query and headers to itself', async () => {
    const http = createConnector({ name: 'files', protocol: 'http', baseUrl: `${baseUrl()}/base/` });
    expect(http).toBeInstanceOf(HttpConnector);
    const query = { token: 'q-secret' };
    const response = await http.request({ path: '/list', query, headers: { 'X-Key': 'h-secret' } });
    await http.close();
    expect(response).toMatchObject({ status: 200, body: { model_name: 'add' } });
    expect(received[0]?.request).toMatchObject({ method: 'GET', url: '/base/list?token=q-secret' });
    expect(received[0]?.request.headers['x-key']).toBe('h-secret');
    expect(collector.spans().map((span) => span.attributes['url.full'])).toContain(`${baseUrl()}/base/list`);
    expect(output + JSON.stringify(collector.spans().map((span) => span.attributes))).not.toMatch(/[qh]-secret/);
  });

  it.each([
    ['POST', undefined, 1],
    ['POST', true, 2],
    ['GET', undefined, 2],
  ] as const)(
    '%s with idempotent %p is sent %i times to a server that answers 502',
    async (method, idempotent, times) => {
      status = 502;
      const retry = { maxAttempts: 2, initialDelayMs: 1 };
      const http = createConnector({ name: 'files', protocol: 'http', baseUrl: baseUrl(), retry });
      const request = { method, path: '/x', ...(idempotent === undefined ? {} : { idempotent }) };
      await expect(http.request(request)).rejects.toMatchObject({ status: 502, attempts: times });
      await http.close();
      expect(received).toHaveLength(times);
    },
  );

  it.each([
    'list',
    'http://elsewhere/',
    '/a?b=c',
    '/a b',
    '/../..',
    '/a/..',
    '/a/%2E%2e/b',
    '/a%2f..%2fb',
    '/./a',
    String.raw`/a\..\b`,
  ])('refuses the path %p', async (path) => {
    const http = createConnector({ name: 'files', protocol: 'http', baseUrl: `${baseUrl()}/base` });
    await expect(http.request({ path })).rejects.toMatchObject({ code: 'ONETRACE_INVALID_OPTION' });
    await http.close();
    expect(received).toEqual([]);
  });

  it('names the whole path that was asked for, since a wrong base path is found by it', async () => {
    const http = createConnector({ name: 'files', protocol: 'http', baseUrl: `${baseUrl()}/base` });
    status = 404;
    await expect(http.request({ path: '/list' })).rejects.toThrow(/answered GET \/base\/list with 404/);
    await http.close();
  });

  it('refuses a model whose name would lead out of its path', async () => {
    const triton = createConnector({ name: 'triton', protocol: 'kserve', baseUrl: baseUrl() });
    await expect(triton.infer('..', { inputs: [] })).rejects.toMatchObject({ code: 'ONETRACE_INVALID_OPTION' });
    await triton.close();
    expect(received).toEqual([]);
  });

  it('encodes what HTTP cannot carry in a path', async () => {
    const http = createConnector({ name: 'files', protocol: 'http', baseUrl: baseUrl() });
    await http.request({ path: '/모델/..a' });
    await http.close();
    expect(received[0]?.request.url).toBe('/%EB%AA%A8%EB%8D%B8/..a');
  });
});
