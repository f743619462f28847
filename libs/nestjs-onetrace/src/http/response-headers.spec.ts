import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { send } from './request-client.fixture.js';
import { tracedServers } from './traced-server.fixture.js';

let spans: SpanCollector;
const servers = tracedServers();
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());

const NAME = 'Access-Control-Expose-Headers';

it.each<[string, (response: ServerResponse) => void, string | undefined]>([
  ['nothing of its own', () => undefined, 'X-Trace-ID, X-Request-ID'],
  ['a text', (r) => r.setHeader(NAME, 'X-Total'), 'X-Total, X-Trace-ID, X-Request-ID'],
  ['a list', (r) => r.setHeader(NAME, ['X-Total', 'ETag']), 'X-Total, ETag, X-Trace-ID, X-Request-ID'],
  ['everything', (r) => r.setHeader(NAME, '*'), '*, X-Trace-ID, X-Request-ID'],
  ['ours among its own', (r) => r.setHeader(NAME, 'x-request-id, X-Total'), 'x-request-id, X-Total, X-Trace-ID'],
  ['one more', (r) => r.appendHeader(NAME, 'X-Total'), 'X-Trace-ID, X-Request-ID, X-Total'],
  ['an object for writeHead', (r) => r.writeHead(201, { [NAME]: 'X-Total' }), 'X-Total, X-Trace-ID, X-Request-ID'],
  ['a reason and an object', (r) => r.writeHead(201, 'Made', { [NAME]: 'A' }), 'A, X-Trace-ID, X-Request-ID'],
  ['a flat list', (r) => r.writeHead(201, ['x-a', '1', NAME, 'X-Total']), 'X-Total, X-Trace-ID, X-Request-ID'],
  ['a list of pairs', (r) => r.writeHead(201, [[NAME, 'X-Total']] as never), 'X-Total, X-Trace-ID, X-Request-ID'],
  ['other headers for writeHead', (r) => r.writeHead(201, { 'x-a': '1' }), 'X-Trace-ID, X-Request-ID'],
  ['no such header at all', (r) => r.removeHeader(NAME), undefined],
])('an application that exposes %s keeps it, and browsers may read our IDs too', async (_, answer, expected) => {
  const traced = await servers.start((__, response) => {
    answer(response);
    response.end();
  });
  const { headers } = await send(traced.port, '/', { headers: { origin: 'https://shop.example' } });
  expect(headers['access-control-expose-headers']).toBe(expected);
  expect(headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
});

it('lists its headers only for a request that names an origin: nobody else heeds the list', async () => {
  const traced = await servers.start((request, response) => {
    if (request.url === '/own') response.setHeader(NAME, 'X-Total');
    response.writeHead(200, { 'x-a': '1' });
    response.end();
  });
  const listed = async (path: string): Promise<unknown> => (await send(traced.port, path)).headers[NAME.toLowerCase()];
  expect([await listed('/'), await listed('/own')]).toEqual([undefined, 'X-Total']);
});

it.each([
  ['a flat list', ['Set-Cookie', 'a=1', 'set-cookie', 'b=2']],
  ['a flat list with a list inside', ['Set-Cookie', ['a=1', 'b=2']]],
  [
    'pairs',
    [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ],
  ],
  ['pairs with lists', [['Set-Cookie', ['a=1', 'b=2']]]],
])('writeHead takes %s with repeated names as it does without us', async (_, headers) => {
  const traced = await servers.start((__, response) => response.writeHead(200, headers as never).end());
  expect((await send(traced.port, '/')).headers['set-cookie']).toEqual(['a=1', 'b=2']);
});

it('leaves the application its own request ID, and does not throw where headers are gone already', async () => {
  const thrown: unknown[] = [];
  const traced = await servers.start((_, response) => {
    response.setHeader('X-Request-ID', 'mine');
    response.flushHeaders();
    try {
      response.writeHead(200);
    } catch (error) {
      thrown.push(error);
    }
    response.end('a');
    response.end();
  });
  const { headers, body } = await send(traced.port, '/');
  expect(headers['x-request-id']).toBe('mine');
  expect(body).toBe('a');
  // Node.js's own complaint, once, and none of ours.
  expect(thrown).toEqual([expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' })]);
});
