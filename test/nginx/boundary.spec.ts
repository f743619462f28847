import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'node:net';
import { startEdge, value, values, type Edge } from './edge.harness.ts';

let open: Edge;
let trusting: Edge;
beforeAll(async () => {
  open = await startEdge({ clients: { 'demo-key-dept-a': 'dept-a', 'key-of-a-strange-client': 'a\tb' } });
  trusting = await startEdge({ trusted: ['10.0.0.0/8', '127.0.0.1'] });
});
afterAll(() => Promise.all([open?.stop(), trusting?.stop()]));

describe('what an outsider may not say never gets in', () => {
  const STRIPPED = [
    'X-Client-ID', 'X-User-ID', 'X-Tenant-ID', 'X-Pipeline-ID', 'X-Trace-ID', 'X-Debug', 'X-Edge-Parent', 'tracestate', 'baggage',
    'traceresponse', 'b3', 'X-B3-TraceId', 'X-B3-SpanId', 'X-B3-ParentSpanId', 'X-B3-Sampled', 'X-B3-Flags', 'uber-trace-id',
    'sentry-trace', 'Forwarded',
  ]; // prettier-ignore
  test.each(STRIPPED)('%s', async (name) => {
    await open.send({
      headers: [
        [name, 'forged'],
        [name.toLowerCase(), 'forged'],
        [name.replaceAll('-', '_'), 'forged'],
      ],
    });
    expect(JSON.stringify(open.last().headers)).not.toContain('forged');
  });

  test('X-Edge-Start and X-Forwarded-For are replaced', async () => {
    await open.send({
      headers: [
        ['X-Edge-Start', '1.000'],
        ['X-Forwarded-For', '6.6.6.6'],
        ['X-Forwarded-Proto', 'https'],
      ],
    });
    const { headers } = open.last();
    expect(Number(value(headers, 'x-edge-start'))).toBeGreaterThan(1_700_000_000);
    expect(value(headers, 'x-forwarded-for')).toBe('127.0.0.1');
    expect(value(headers, 'x-forwarded-proto')).toBe('http');
  });

  test.each(['X-Client-ID', 'X-User-ID', 'X-Tenant-ID', 'X-Debug', 'X-Edge-Parent'])(
    '%s, not even of a trusted peer',
    async (name) => {
      await trusting.send({ headers: [[name, 'forged']] });
      expect(JSON.stringify(trusting.last().headers)).not.toContain('forged');
    },
  );

  test.each([
    ['1', '1'],
    ['true', '1'],
    ['DEBUG', '1'],
    ['0', undefined],
    ['1\t1', undefined],
    ['11', undefined],
  ])('X-Debug: %j passes of a trusted peer as %j, and of nobody else', async (sent, passed) => {
    await trusting.send({ headers: [['X-Debug', sent]] });
    expect(value(trusting.last().headers, 'x-debug')).toBe(passed);
    await open.send({ headers: [['X-Debug', sent]] });
    expect(value(open.last().headers, 'x-debug')).toBeUndefined();
  });

  test('X-Debug does not pass when it is sent twice', async () => {
    await trusting.send({
      headers: [
        ['X-Debug', '0'],
        ['X-Debug', '1'],
      ],
    });
    expect(value(trusting.last().headers, 'x-debug')).toBeUndefined();
  });

  test('other headers pass', async () => {
    await open.send({
      headers: [
        ['Authorization', 'Bearer x'],
        ['X-Feature', 'on'],
      ],
    });
    expect(value(open.last().headers, 'authorization')).toBe('Bearer x');
    expect(value(open.last().headers, 'x-feature')).toBe('on');
  });

  test.each([
    '/metrics',
    '/metrics/',
    '/Metrics',
    '/metrics?x=1',
    '//metrics',
    '/%6detrics',
    '/v1/../metrics',
    '/metrics;x',
  ])('%s is not there', async (path) => {
    const before = open.arrivals.length;
    expect((await open.send({ path })).status).toBe(404);
    expect(open.arrivals).toHaveLength(before);
  });

  test('/metrics-of-sleep is a route like any other', async () => {
    expect((await open.send({ path: '/metrics-of-sleep' })).status).toBe(200);
  });
});

describe('the request ID', () => {
  test('of an outsider is replaced by the trace ID', async () => {
    const answer = await open.send({ headers: [['X-Request-ID', 'request-12345678']] });
    const trace = value(answer.headers, 'x-trace-id');
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    expect(value(answer.headers, 'x-request-id')).toBe(trace);
    expect(value(open.last().headers, 'x-request-id')).toBe(trace);
  });

  test.each(['request-12345678', 'a.b_c-d8', 'x'.repeat(64)])('of a trusted peer is kept: %s', async (id) => {
    const answer = await trusting.send({ headers: [['X-Request-ID', id]] });
    expect(value(answer.headers, 'x-request-id')).toBe(id);
    expect(value(trusting.last().headers, 'x-request-id')).toBe(id);
    const line = await trusting.line(value(answer.headers, 'x-trace-id') ?? '');
    expect(line.extra).toMatchObject({ request_id: id });
  });

  test.each([
    'seven-7',
    'x'.repeat(65),
    'with blank',
    'quote"in-it',
    'semi;colon',
    'ümlaut-long-enough',
    '$request_id_x',
  ])('of a trusted peer is replaced when it is not fit to print: %s', async (id) => {
    const answer = await trusting.send({ headers: [['X-Request-ID', id]] });
    expect(value(answer.headers, 'x-request-id')).toBe(value(answer.headers, 'x-trace-id'));
  });
});

describe('the client ID', () => {
  test('is that of the API key', async () => {
    const answer = await open.send({
      headers: [
        ['X-API-Key', 'demo-key-dept-a'],
        ['X-Client-ID', 'dept-b'],
      ],
    });
    expect(values(open.last().headers, 'x-client-id')).toEqual(['dept-a']);
    expect(await open.line(value(answer.headers, 'x-trace-id') ?? '')).toMatchObject({ client_id: 'dept-a' });
  });

  test.each(['no-such-key', '', 'demo-key-dept-a ", dept-b'])('is absent for the key %j', async (key) => {
    const answer = await open.send({ headers: [['X-API-Key', key]] });
    expect(values(open.last().headers, 'x-client-id')).toEqual([]);
    expect(await open.line(value(answer.headers, 'x-trace-id') ?? '')).not.toHaveProperty('client_id');
  });

  test('is absent when the map names one that could break a header or a line', async () => {
    await open.send({ headers: [['X-API-Key', 'key-of-a-strange-client']] });
    expect(values(open.last().headers, 'x-client-id')).toEqual([]);
  });
});

describe('what the gateway needs to export the span of nginx', () => {
  test('X-Edge-Start is when the request was taken, before a slow body arrived', async () => {
    const started = Date.now();
    const before = open.arrivals.length;
    const socket = createConnection(open.nginx.port, '127.0.0.1');
    socket.write('POST /v1/slow HTTP/1.1\r\nHost: edge.test\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab');
    await sleep(400);
    socket.write('cd');
    await new Promise((resolve) => socket.on('close', resolve).resume());
    expect(open.arrivals).toHaveLength(before + 1);
    const taken = Number(value(open.last().headers, 'x-edge-start')) * 1000;
    expect(value(open.last().headers, 'x-edge-start')).toMatch(/^\d{10}\.\d{3}$/);
    expect(taken).toBeGreaterThanOrEqual(started - 50);
    expect(open.last().at - taken).toBeGreaterThan(300);
  });
});

test('a body larger than the buffers arrives whole', async () => {
  let size = 0;
  open.answerWith((request, response) => {
    request.on('data', (chunk: Buffer) => (size += chunk.length)).on('end', () => response.end('{}'));
  });
  const answer = await open.send({ method: 'POST', body: 'x'.repeat(3_000_000) });
  expect(answer.status).toBe(200);
  expect(size).toBe(3_000_000);
});

test('streamed tokens leave as they come', async () => {
  let finish = (): void => {};
  open.answerWith((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: one\n\n');
    finish = () => response.end('data: two\n\n');
  });
  const response = await fetch(`http://127.0.0.1:${open.nginx.port}/v1/stream`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  // Were it buffered, this would wait for the end, which only comes afterwards.
  expect((await reader?.read())?.value).toBe('data: one\n\n');
  finish();
  expect((await reader?.read())?.value).toBe('data: two\n\n');
});
