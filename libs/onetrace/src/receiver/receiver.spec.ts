import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { success, TRACE_ID, WORKFLOW_ID } from '../telemetry/chain.fixture.js';
import { TRITON_JSON, VLLM_PROTOBUF } from '../otlp/golden.fixture.js';
import { startReceiver, type Receiver } from './receiver.js';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';

let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver({ port: 0, bodyLimit: 1024 * 1024 });
});

afterEach(() => receiver.close());

function post(path: string, body: Uint8Array | string, headers: Record<string, string>): Promise<Response> {
  return fetch(receiver.url + path, { method: 'POST', body: body as string, headers });
}

/** One JSON span more than Triton's, with a trace ID that is none. */
function withBadSpan(): string {
  const request = JSON.parse(TRITON_JSON.toString()) as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] };
  request.resourceSpans[0]?.scopeSpans[0]?.spans.push({ traceId: 'nonsense', spanId: '1', name: 'bad' });
  return JSON.stringify(request);
}

describe('POST /v1/traces', () => {
  it.each([
    ['JSON', JSON_TYPE, TRITON_JSON, undefined, '0af7651916cd43dd8448eb211c803101'],
    ['JSON with a charset', `${JSON_TYPE}; charset=utf-8`, TRITON_JSON, undefined, '0af7651916cd43dd8448eb211c803101'],
    ['gzipped JSON', JSON_TYPE, gzipSync(TRITON_JSON), 'gzip', '0af7651916cd43dd8448eb211c803101'],
    ['protobuf', PROTOBUF, VLLM_PROTOBUF, undefined, '1af7651916cd43dd8448eb211c803103'],
    ['gzipped protobuf', PROTOBUF, gzipSync(VLLM_PROTOBUF), 'gzip', '1af7651916cd43dd8448eb211c803103'],
  ])('takes %s and answers in kind', async (_, type, body, encoding, traceId) => {
    const response = await post('/v1/traces', body, {
      'content-type': type,
      ...(encoding && { 'content-encoding': encoding }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type.split(';')[0]);
    expect(await response.text()).toBe(type.startsWith(JSON_TYPE) ? '{}' : '');
    expect(receiver.store.spansOf(traceId).length).toBeGreaterThan(0);
  });

  it('keeps a batch that is delivered twice once', async () => {
    for (let delivery = 0; delivery < 2; delivery += 1)
      await post('/v1/traces', VLLM_PROTOBUF, { 'content-type': PROTOBUF });
    expect(receiver.store.spansOf('1af7651916cd43dd8448eb211c803103')).toHaveLength(1);
  });

  it('keeps the good spans of a request and tells how many it refused', async () => {
    const response = await post('/v1/traces', withBadSpan(), { 'content-type': JSON_TYPE });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('nonsense') },
    });
    expect(receiver.store.spansOf('0af7651916cd43dd8448eb211c803101')).toHaveLength(3);
  });

  it.each([
    ['broken JSON', JSON_TYPE, '{"resourceSpans":', {}, 400],
    ['protobuf that is none', PROTOBUF, 'hello there', {}, 400],
    ['gzip that is none', PROTOBUF, 'hello', { 'content-encoding': 'gzip' }, 400],
    ['an unknown encoding', PROTOBUF, 'x', { 'content-encoding': 'zstd' }, 415],
    ['an unknown type', 'text/plain', 'x', {}, 415],
    ['a body over the limit', JSON_TYPE, 'x'.repeat(1024 * 1024 + 1), {}, 413],
    [
      'a small body that unpacks to more than the limit',
      PROTOBUF,
      gzipSync(Buffer.alloc(64 * 1024 * 1024)),
      { 'content-encoding': 'gzip' },
      413,
    ],
  ])('refuses %s', async (_, type, body, headers, status) => {
    const response = await post('/v1/traces', body, { 'content-type': type, ...headers });
    expect(response.status).toBe(status);
    expect((await response.text()).length).toBeGreaterThan(20);
    expect(receiver.store.size().spans).toBe(0);
  });

  it('refuses a body over the limit that does not say its length', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(`${receiver.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': JSON_TYPE },
      });
      request.once('response', (response) => resolve(response.statusCode ?? 0));
      request.once('error', reject);
      for (let part = 0; part < 40; part += 1) request.write(Buffer.alloc(64 * 1024, 'x'));
      request.end();
    });
    expect(status).toBe(413);
  });

  it('answers 405 to a GET', async () => {
    expect((await fetch(`${receiver.url}/v1/traces`)).status).toBe(405);
  });
});

it('takes OTLP logs as lines and lets metrics pass', async () => {
  const attributes = [
    { key: 'component', value: { stringValue: 'worker' } },
    { key: 'attempt', value: { intValue: '2' } },
  ];
  const record = {
    timeUnixNano: '1795229616397000000',
    severityNumber: 17,
    body: { stringValue: 'boom' },
    attributes,
    traceId: TRACE_ID,
    spanId: 'b7ad6b7169203331',
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'app' } }] };
  const body = JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] });
  expect((await post('/v1/logs', body, { 'content-type': JSON_TYPE })).status).toBe(200);
  expect(receiver.store.linesOf(TRACE_ID)).toEqual([
    {
      timeMs: 1795229616397,
      level: 'ERROR',
      message: 'boom',
      component: 'worker',
      attempt: 2,
      traceId: TRACE_ID,
      spanId: 'b7ad6b7169203331',
    },
  ]);
  expect((await post('/v1/metrics', '{"resourceMetrics":[]}', { 'content-type': JSON_TYPE })).status).toBe(200);
});

describe('POST /lines', () => {
  const line = JSON.stringify({ message: 'hello', trace_id: TRACE_ID });

  it('takes JSON lines and text, with the component of the sender', async () => {
    const response = await post('/lines?component=app', `${line}\nplain ${TRACE_ID}\n\n`, { 'content-type': NDJSON });
    expect(await response.json()).toEqual({ stored: 2 });
    expect(receiver.store.linesOf(TRACE_ID).map(({ message, component }) => `${component} ${message}`)).toEqual([
      'app hello',
      `app plain ${TRACE_ID}`,
    ]);
  });

  it('stores a batch that is sent again once', async () => {
    for (let sent = 0; sent < 2; sent += 1)
      await post('/lines', line, { 'content-type': NDJSON, 'x-onetrace-batch': 'b1' });
    expect(receiver.store.linesOf(TRACE_ID)).toHaveLength(1);
  });

  it('refuses what a web page could send', async () => {
    expect((await post('/lines', line, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(receiver.store.size().lines).toBe(0);
  });
});

describe('GET /api', () => {
  beforeEach(() => {
    const { spans, lines } = success();
    receiver.store.add(spans, lines);
  });

  it.each([TRACE_ID, TRACE_ID.slice(0, 8), WORKFLOW_ID, 'req-12345678'])('finds the flow by %s', async (id) => {
    const response = await fetch(`${receiver.url}/api/flows/${id}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ traceId: TRACE_ID, outcome: { kind: 'ok', httpStatus: 200 } });
  });

  it('answers 404 for an unknown ID, 409 for an ambiguous one, 400 for a broken one', async () => {
    const ids = ['unknown', TRACE_ID.slice(0, 8), '%E0%A4%A'];
    receiver.store.add(
      success().spans.map((span) => ({ ...span, traceId: TRACE_ID.replace(/.$/, '0') })),
      [],
    );
    const statuses = await Promise.all(ids.map(async (id) => (await fetch(`${receiver.url}/api/flows/${id}`)).status));
    expect(statuses).toEqual([404, 409, 400]);
  });

  it('lists what came last', async () => {
    const { flows } = (await (await fetch(`${receiver.url}/api/recent?limit=5`)).json()) as { flows: unknown[] };
    expect(flows).toEqual([
      expect.objectContaining({ traceId: TRACE_ID, outcome: expect.objectContaining({ kind: 'ok' }) }),
    ]);
  });

  it('tells that it is well and how much it holds', async () => {
    expect(await (await fetch(`${receiver.url}/api/health`)).json()).toMatchObject({
      status: 'ok',
      spans: success().spans.length,
      lines: expect.any(Number),
    });
  });

  it('gives nothing to a web page that points its own name here', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = { headers: { host: 'evil.example:4318' } };
      httpRequest(`${receiver.url}/api/flows/${TRACE_ID}`, options, (response) => resolve(response.resume().statusCode))
        .once('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});

it('says what to do when the port is taken', async () => {
  await expect(startReceiver({ port: receiver.port })).rejects.toMatchObject({
    code: 'ONETRACE_PORT_BUSY',
    message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${receiver.port} is already in use.*--port`)),
  });
});
