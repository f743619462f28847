import type { RequestOptions, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { lines, RequestApplication } from './request-application.fixture.js';
import { type Answer, send, until } from './request-client.fixture.js';

type CollectedSpan = ReturnType<SpanCollector['spans']>[number];

/** What one request must leave behind, on both platforms. */
interface Expectation {
  readonly what: string;
  readonly path: string;
  readonly options?: RequestOptions;
  readonly body?: string;
  readonly status: number;
  readonly route?: string;
  /** Fastify reads a body when the route is known already, Express before that. */
  readonly fastifyRoute?: string;
  /** What was thrown, where the answer tells of a failure of the server. */
  readonly error?: readonly [type: string, message: string];
  readonly check?: (answer: Answer, span: CollectedSpan) => void;
}

const JSON_BODY = { method: 'POST', headers: { 'content-type': 'application/json' } };
const sameTrace = (answer: Answer): void =>
  expect(JSON.parse(answer.body)).toMatchObject({ trace: answer.headers['x-trace-id'] });

const TABLE: readonly Expectation[] = [
  { what: 'a handler', path: '/api/things/7?secret=1', status: 200, route: '/api/things/:id', check: sameTrace },
  { what: 'a guard that says no', path: '/api/guard/false', status: 403, route: '/api/guard/false' },
  {
    what: 'a guard that throws',
    path: '/api/guard/throws',
    status: 500,
    route: '/api/guard/throws',
    error: ['Rejected', 'the key store is gone'],
  },
  { what: 'a guard that rejects', path: '/api/guard/unauthorized', status: 401, route: '/api/guard/unauthorized' },
  { what: 'a pipe', path: '/api/pipe/abc', status: 400, route: '/api/pipe/:id' },
  {
    what: 'an interceptor that throws',
    path: '/api/interceptor/throws',
    status: 500,
    route: '/api/interceptor/throws',
    error: ['Rejected', 'the mapping failed'],
  },
  {
    what: 'an interceptor that gives up waiting',
    path: '/api/interceptor/timeout',
    status: 408,
    route: '/api/interceptor/timeout',
  },
  {
    what: 'a handler that throws',
    path: '/api/handler/throws',
    status: 500,
    route: '/api/handler/throws',
    error: ['Rejected', 'the disk is full'],
  },
  {
    what: 'a handler that rejects',
    path: '/api/handler/rejects',
    status: 500,
    route: '/api/handler/rejects',
    error: ['Rejected', 'the disk is full'],
  },
  {
    what: 'a handler that is unavailable',
    path: '/api/handler/unavailable',
    status: 503,
    route: '/api/handler/unavailable',
    error: ['HttpException', 'later'],
  },
  {
    what: 'a filter of the handler that answers 418',
    path: '/api/filter/teapot',
    status: 418,
    route: '/api/filter/teapot',
    check: sameTrace,
  },
  {
    what: 'a filter of the handler that answers 200',
    path: '/api/filter/forgiven',
    status: 200,
    route: '/api/filter/forgiven',
    check: sameTrace,
  },
  { what: 'an unknown route', path: '/api/nowhere', status: 404 },
  { what: 'an unknown route outside the prefix', path: '/nowhere', status: 404 },
  { what: 'a known path with another method', path: '/api/things/7', options: { method: 'DELETE' }, status: 404 },
  {
    what: 'a CORS preflight',
    path: '/api/things/7',
    options: { method: 'OPTIONS', headers: { origin: 'http://a.test', 'access-control-request-method': 'PUT' } },
    status: 204,
  },
  {
    what: 'a malformed body',
    path: '/api/body',
    options: JSON_BODY,
    body: '{"a":',
    status: 400,
    fastifyRoute: '/api/body',
  },
  {
    what: 'too large a body',
    path: '/api/body',
    options: JSON_BODY,
    body: `"${'x'.repeat(3e6)}"`,
    status: 413,
    fastifyRoute: '/api/body',
  },
  {
    what: 'a body',
    path: '/api/body',
    options: JSON_BODY,
    body: '{}',
    status: 200,
    route: '/api/body',
    check: sameTrace,
  },
  { what: 'a malformed URL', path: '/api/%zz', status: 400 },
  { what: 'a redirect', path: '/api/redirect', status: 302, route: '/api/redirect' },
  { what: 'HEAD', path: '/api/head', options: { method: 'HEAD' }, status: 200, route: '/api/head' },
  {
    what: 'HEAD of a GET',
    path: '/api/things/7',
    options: { method: 'HEAD' },
    status: 200,
    route: '/api/things/:id',
  },
  {
    what: 'a streamed reply, measured to its end',
    path: '/api/stream',
    status: 200,
    route: '/api/stream',
    check: (answer, span) => {
      expect(answer.body).toBe('abc');
      expect(span.duration[0] * 1e3 + span.duration[1] / 1e6).toBeGreaterThanOrEqual(40);
    },
  },
  { what: 'a download', path: '/api/download', status: 200, route: '/api/download' },
  {
    what: 'server-sent events, inside the trace to the last',
    path: '/api/sse',
    status: 200,
    route: '/api/sse',
    check: (answer) => {
      const events = answer.body.match(/^data: .*$/gm) ?? [];
      expect(events).toHaveLength(3);
      for (const event of events) expect(event).toContain(String(answer.headers['x-trace-id']));
    },
  },
  {
    what: 'server-sent events that break in the middle',
    path: '/api/sse/fails',
    status: 200,
    route: '/api/sse/fails',
    error: ['Rejected', 'the feed broke'],
  },
  { what: 'a wildcard', path: '/api/files/a/b/c', status: 200, route: '/api/files/*', check: sameTrace },
  {
    what: 'nested modules',
    path: '/api/hospital/wards/3/beds/9',
    status: 200,
    route: '/api/hospital/wards/:ward/beds/:bed',
    check: sameTrace,
  },
  {
    what: 'a request-scoped provider',
    path: '/api/scoped-controller',
    status: 200,
    route: '/api/scoped-controller',
    check: sameTrace,
  },
  { what: 'a version in the path', path: '/api/v2/versioned', status: 200, route: '/api/v2/versioned' },
  { what: 'a route outside the prefix', path: '/outside', status: 200, route: '/outside', check: sameTrace },
  { what: 'middleware that answers itself', path: '/api/middleware/answers', status: 202, check: sameTrace },
  {
    what: 'middleware that throws',
    path: '/api/middleware/throws',
    status: 500,
    error: ['Rejected', 'the middleware is broken'],
  },
  { what: 'a method nobody knows', path: '/api/things/7', options: { method: 'PURGE' }, status: 404 },
  {
    what: 'Expect: 100-continue',
    path: '/api/body',
    options: { method: 'POST', headers: { 'content-type': 'application/json', expect: '100-continue' } },
    body: '{}',
    status: 200,
    route: '/api/body',
    check: sameTrace,
  },
];

let spans: SpanCollector;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('every request has one span, two lines and its IDs on %s:', (platform, adapter) => {
  let app: INestApplication;
  let server: Server;
  let port: number;

  beforeAll(async () => {
    app = await NestFactory.create(RequestApplication, adapter() as ExpressAdapter, { bufferLogs: true });
    app.setGlobalPrefix('api', { exclude: ['outside'] });
    app.enableVersioning({ type: VersioningType.URI });
    app.enableCors({ exposedHeaders: ['X-Total'] });
    await app.listen(0, '127.0.0.1');
    server = app.getHttpServer() as Server;
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => app.close());
  beforeEach(() => {
    spans.reset();
    lines.length = 0;
  });

  const serverSpans = (): CollectedSpan[] => spans.spans().filter((span) => span.kind === SpanKind.SERVER);
  const theSpan = (): Promise<CollectedSpan> => until(() => serverSpans()[0]);
  const requestLines = () => lines.filter((line) => String(line['message']).startsWith('request '));

  it.each(TABLE)('$what', async ({ path, options, body, status, error, check, ...expected }) => {
    const route = platform === 'Fastify' ? (expected.fastifyRoute ?? expected.route) : expected.route;
    const answer = await send(port, path, options, body);
    expect(answer.status).toBe(status);
    const span = await theSpan();
    const { traceId, spanId } = span.spanContext();
    const method = options?.method ?? 'GET';
    const known = method !== 'PURGE';

    expect(answer.headers).toMatchObject({
      'x-trace-id': traceId,
      'x-request-id': traceId,
      traceresponse: `00-${traceId}-${spanId}-03`,
    });
    for (const name of ['X-Trace-ID', 'X-Request-ID', 'traceresponse'])
      expect(String(answer.headers['access-control-expose-headers']).split(name)).toHaveLength(2);

    expect(span.name).toBe([known ? method : 'HTTP', ...(route === undefined ? [] : [route])].join(' '));
    expect(span.attributes).toMatchObject({
      'http.request.method': known ? method : '_OTHER',
      'http.response.status_code': status,
      'url.path': path.split('?')[0],
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': port,
      'client.address': '127.0.0.1',
      'network.protocol.version': '1.1',
    });
    expect(span.attributes['http.route']).toBe(route);
    expect(JSON.stringify(span.attributes)).not.toContain('secret');
    const failed = error !== undefined || status >= 500;
    expect(span.status.code).toBe(failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
    expect(span.attributes['error.type']).toBe(failed ? (status >= 500 ? String(status) : error?.[0]) : undefined);
    expect(span.events.map((event) => event.attributes?.['exception.message'])).toEqual(error ? [error[1]] : []);

    const [started, ended, ...more] = await until(() => (requestLines().length > 1 ? requestLines() : undefined));
    expect(more).toEqual([]);
    expect(started).toMatchObject({ message: 'request started', level: 'INFO', trace_id: traceId, span_id: spanId });
    expect(ended).toMatchObject({
      message: 'request completed',
      level: failed ? 'ERROR' : status >= 400 ? 'WARN' : 'INFO',
      trace_id: traceId,
      span_id: spanId,
      component: 'gateway',
      extra: { method, route: route ?? '<unmatched>', status, request_id: traceId },
    });
    expect(ended?.['error']).toEqual(error && expect.objectContaining({ type: error[0], message: error[1] }));
    expect(serverSpans()).toHaveLength(1);
    check?.(answer, span);
  });
});
