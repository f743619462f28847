import type { RequestOptions } from 'node:http';
import { expect } from '@jest/globals';
import type { SpanCollector } from '../testing/index.js';
import type { Answer } from './request-client.fixture.js';

export type CollectedSpan = ReturnType<SpanCollector['spans']>[number];

/** What one request must leave behind, on both platforms. */
export interface RequestEnding {
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
  /** Why it was refused, where the answer tells of a fault of the client. */
  readonly refusal?: RegExp;
  /** The platform that answers by itself, so that Nest hears of no reason. */
  readonly unsaidOn?: 'Express' | 'Fastify';
  readonly check?: (answer: Answer, span: CollectedSpan) => void;
}

const JSON_BODY = { method: 'POST', headers: { 'content-type': 'application/json' } };
const sameTrace = (answer: Answer): void =>
  expect(JSON.parse(answer.body)).toMatchObject({ trace: answer.headers['x-trace-id'] });

/** Everything that a request can run into, and what it leaves behind. */
export const REQUEST_ENDINGS: readonly RequestEnding[] = [
  { what: 'a handler', path: '/api/things/7?secret=1', status: 200, route: '/api/things/:id', check: sameTrace },
  {
    what: 'a guard that says no',
    path: '/api/guard/false',
    status: 403,
    refusal: /^Forbidden resource$/,
    route: '/api/guard/false',
  },
  {
    what: 'a guard that throws',
    path: '/api/guard/throws',
    status: 500,
    route: '/api/guard/throws',
    error: ['Rejected', 'the key store is gone'],
  },
  {
    what: 'a guard that rejects',
    path: '/api/guard/unauthorized',
    status: 401,
    refusal: /^Unauthorized$/,
    route: '/api/guard/unauthorized',
  },
  {
    what: 'a pipe',
    path: '/api/pipe/abc',
    status: 400,
    refusal: /^Validation failed \(numeric string is expected\)$/,
    route: '/api/pipe/:id',
  },
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
    refusal: /^Request Timeout$/,
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
    refusal: /^short and stout$/,
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
  { what: 'an unknown route', path: '/api/nowhere', status: 404, refusal: /^Cannot GET \/api\/nowhere$/ },
  {
    what: 'an unknown route outside the prefix',
    path: '/nowhere',
    status: 404,
    refusal: /^Cannot GET \/nowhere$/,
    unsaidOn: 'Express',
  },
  {
    what: 'a known path with another method',
    path: '/api/things/7',
    options: { method: 'DELETE' },
    status: 404,
    refusal: /^Cannot DELETE \/api\/things\/7$/,
  },
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
    refusal: /JSON/,
    fastifyRoute: '/api/body',
  },
  {
    what: 'too large a body',
    path: '/api/body',
    options: JSON_BODY,
    body: `"${'x'.repeat(3e6)}"`,
    status: 413,
    refusal: /too large/,
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
  { what: 'a malformed URL', path: '/api/%zz', status: 400, refusal: /%zz/, unsaidOn: 'Fastify' },
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
  {
    what: 'a method nobody knows',
    path: '/api/things/7',
    options: { method: 'PURGE' },
    status: 404,
    refusal: /^Cannot PURGE \/api\/things\/7$/,
  },
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
