import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEdge, value, type AccessLine, type Edge } from './edge.harness.ts';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge({ env: { TZ: 'Asia/Seoul' } });
});
afterAll(() => edge?.stop());

/** The order of DESIGN's schema, in which people read the lines. */
const ORDER = [
  'timestamp',
  'level',
  'message',
  'trace_id',
  'span_id',
  'component',
  'client_id',
  'duration_ms',
  'extra',
];

function expectSchema(line: AccessLine): void {
  expect(line.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(['INFO', 'WARN', 'ERROR']).toContain(line.level);
  expect(line.trace_id).toMatch(/^[0-9a-f]{32}$/);
  expect(line.span_id).toMatch(/^[0-9a-f]{16}$/);
  expect(line.component).toBe('nginx');
  expect(Number.isInteger(line.duration_ms) && line.duration_ms >= 0).toBe(true);
  expect(typeof line.extra['status']).toBe('number');
  expect(typeof line.extra['bytes']).toBe('number');
  expect(Object.keys(line)).toEqual(ORDER.filter((key) => key in line));
  const empty = [...Object.entries(line), ...Object.entries(line.extra)].filter(
    ([, each]) => each === '' || each === null,
  );
  expect(empty).toEqual([]);
}

test('a request gives one line in the schema, whatever the time zone of the machine', async () => {
  edge.answerWith((_request, response) => response.writeHead(201, { 'content-length': 4 }).end('made'));
  const before = Date.now();
  const answer = await edge.send({ method: 'POST', path: '/v1/pipelines/sleep/runs?token=secret', body: '{}' });
  const line = await edge.line(value(answer.headers, 'x-trace-id') ?? '');
  expectSchema(line);
  expect(line).toMatchObject({
    level: 'INFO',
    message: 'POST /v1/pipelines/sleep/runs 201',
    extra: {
      method: 'POST',
      path: '/v1/pipelines/sleep/runs',
      status: 201,
      bytes: 4,
      upstream: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    },
  });
  expect(typeof line.extra['upstream_duration_ms']).toBe('number');
  expect(line.extra).not.toHaveProperty('foreign_trace_id');
  expect(Math.abs(Date.parse(line.timestamp) - before)).toBeLessThan(10_000);
  expect(await edge.lines()).toHaveLength(1);
  expect((await edge.lines()).join()).not.toContain('secret');
});

describe('duration_ms is a number without leading zeros and true', () => {
  test.each([0, 12, 120, 1_050])('%d ms', async (wait) => {
    edge.answerWith((_request, response) => void setTimeout(() => response.end('{}'), wait));
    const answer = await edge.send();
    const line = await edge.line(value(answer.headers, 'x-trace-id') ?? '');
    // nginx reads its clock once a turn of its loop: a few milliseconds may be missing
    expect(line.duration_ms).toBeGreaterThanOrEqual(wait - 10);
    expect(line.duration_ms).toBeLessThan(wait + 1_000);
    expect(line.extra['upstream_duration_ms']).toBeGreaterThanOrEqual(wait - 10);
  });
});

test.each([
  [200, 'INFO'],
  [302, 'INFO'],
  [404, 'WARN'],
  [429, 'WARN'],
  [500, 'ERROR'],
  [503, 'ERROR'],
])('status %d is level %s', async (status, level) => {
  edge.answerWith((_request, response) => response.writeHead(status).end());
  const answer = await edge.send();
  expect(answer.status).toBe(status);
  expect(await edge.line(value(answer.headers, 'x-trace-id') ?? '')).toMatchObject({ level, extra: { status } });
});

describe('hostile requests leave valid lines', () => {
  const HOSTILE: [what: string, path: string, logged: string | undefined, cut: boolean][] = [
    ['a quote that would end the string', '/a","level":"FATAL","x":"', '/a', true],
    ['a backslash', '/a\\', '/a', true],
    ['an escaped line break', '/a%0a%7b%22level%22:1%7d', '/a%0a%7b%22level%22:1%7d', false],
    ['bytes that are no UTF-8', '/a\xff\xfe', '/a', true],
    ['5 kB', `/${'a'.repeat(5_000)}`, `/${'a'.repeat(2_047)}`, true],
    ['nginx variables', '/$request_id${host}', '/$request_id${host}', false],
    ['a quote in the query string', '/a?q="x"\\', '/a', false],
  ];
  test.each(HOSTILE)('%s', async (_what, path, logged, cut) => {
    edge.answerWith((_request, response) => void response.end('{}'));
    const answer = await edge.send({ path });
    const line = await edge.line(value(answer.headers, 'x-trace-id') ?? '');
    expectSchema(line);
    expect(line.extra['path']).toBe(logged);
    expect(line.extra['path_cut']).toBe(cut ? true : undefined);
  });

  test.each([
    ['a control character in the path', 'GET', '/a\x01b'],
    ['a method that is none', 'GE"T', '/'],
    ['no method at all', '', ''],
    ['a URI beyond all buffers', 'GET', `/${'a'.repeat(40_000)}`],
  ])('%s', async (_what, method, path) => {
    const answer = await edge.send({ method, path });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    const line = await edge.line(value(answer.headers, 'x-trace-id') ?? '');
    expectSchema(line);
    expect(line).toMatchObject({ level: 'WARN', message: `unreadable request ${answer.status}` });
  });

  test('headers with quotes and control characters', async () => {
    const nasty = 'a"b\\c\td';
    const answer = await edge.send({
      headers: ['X-Request-ID', 'X-API-Key', 'traceparent', 'X-Client-ID', 'User-Agent', 'Referer'].map((name) => [
        name,
        nasty,
      ]),
    });
    expectSchema(await edge.line(value(answer.headers, 'x-trace-id') ?? ''));
  });

  test('every line so far parses', async () => {
    for (const line of await edge.lines()) expectSchema(JSON.parse(line) as AccessLine);
  });
});

test('probes that went well leave no line, failing ones do', async () => {
  const before = (await edge.lines()).length;
  edge.answerWith((_request, response) => void response.end('ok'));
  for (const path of ['/health', '/healthz', '/favicon.ico', '/nginx-health'])
    expect((await edge.send({ path })).status).toBe(200);
  edge.answerWith((_request, response) => response.writeHead(503).end());
  const failed = await edge.send({ path: '/health' });
  await edge.line(value(failed.headers, 'x-trace-id') ?? '');
  expect(await edge.lines()).toHaveLength(before + 1);
});
