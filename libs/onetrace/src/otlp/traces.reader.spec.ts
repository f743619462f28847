import { describe, expect, it } from '@jest/globals';
import { TRITON_JSON, VLLM_PROTOBUF } from './golden.fixture.js';
import { TRACES_REQUEST } from './otlp.schema.js';
import { decodeRequest } from './request.decoder.js';
import { readTraces } from './traces.reader.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c803101';
const read = (span: object) => readTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
const span = { traceId: TRACE_ID, spanId: 'b7ad6b7169203331', name: 'a', startTimeUnixNano: '1795229616397572225' };

describe('bodies of real servers', () => {
  it('reads what Triton sends as JSON', () => {
    const { items, rejected } = readTraces(decodeRequest(TRACES_REQUEST, 'json', TRITON_JSON));
    expect(rejected).toBe(0);
    const first = items.filter(({ traceId }) => traceId === TRACE_ID);
    expect(first.map(({ name }) => name).sort()).toEqual(['InferRequest', 'add', 'compute']);
    const request = first.find(({ name }) => name === 'InferRequest');
    expect(request).toMatchObject({
      spanId: 'b428dcc344af53e8',
      parentSpanId: 'b7ad6b7169203301',
      kind: 'server',
      status: 'unset',
      scope: 'triton-server',
    });
    expect(request?.resource['service.name']).toBe('triton-raw');
    expect(request?.startMs).toBe(1795229616398.106);
    expect(request?.events.map(({ name }) => name)).toContain('HTTP_SEND_END');
    expect(first.find(({ name }) => name === 'add')?.attributes).toMatchObject({
      'triton.model_name': 'add',
      'triton.model_version': 1,
      'triton.request_id': 'req-1',
    });
  });

  it('reads what vLLM sends as protobuf', () => {
    const { items, rejected } = readTraces(decodeRequest(TRACES_REQUEST, 'protobuf', VLLM_PROTOBUF));
    expect(rejected).toBe(0);
    const requests = items.filter(({ traceId }) => traceId.startsWith('1af7'));
    expect(requests.map(({ name }) => name)).toEqual(Array(5).fill('llm_request'));
    for (const request of requests) {
      expect(request.kind).toBe('server');
      expect(request.parentSpanId).toMatch(/^[0-9a-f]{16}$/);
      expect(request.endMs).toBeGreaterThan(request.startMs);
      expect(request.resource['service.name']).toBe('vllm-under-test');
      expect(request.attributes['gen_ai.latency.e2e']).toEqual(expect.any(Number));
      expect(request.attributes['gen_ai.usage.prompt_tokens']).toEqual(expect.any(Number));
    }
    expect(requests.map(({ attributes }) => attributes['gen_ai.request.id'])).toContain('chatcmpl-my-req-3');
  });

  it.each([1, 7, 100, 1000, VLLM_PROTOBUF.byteLength - 1])(
    'refuses a protobuf body that ends after %d bytes',
    (length) => {
      expect(() => decodeRequest(TRACES_REQUEST, 'protobuf', VLLM_PROTOBUF.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'ONETRACE_REQUEST_MALFORMED' }),
      );
    },
  );
});

describe('what the encodings allow', () => {
  it.each([
    [2, 'server'],
    ['SPAN_KIND_CLIENT', 'client'],
    [0, 'internal'],
    [99, 'internal'],
    [undefined, 'internal'],
  ])('reads the kind %p as %s', (kind, expected) => {
    expect(read({ ...span, kind }).items[0]?.kind).toBe(expected);
  });

  it.each([
    [{ code: 2, message: 'boom' }, 'error'],
    [{ code: 'STATUS_CODE_OK' }, 'ok'],
    [{}, 'unset'],
    [undefined, 'unset'],
  ])('reads the status %p as %s', (status, expected) => {
    expect(read({ ...span, status }).items[0]?.status).toBe(expected);
  });

  it.each([
    [{ stringValue: '' }, ''],
    [{ boolValue: false }, false],
    [{ intValue: '42' }, 42],
    [{ intValue: 42 }, 42],
    [{ intValue: '9223372036854775807' }, '9223372036854775807'],
    [{ doubleValue: 0.5 }, 0.5],
    [{ doubleValue: 'NaN' }, 'NaN'],
    [{ arrayValue: { values: [{ intValue: 1 }, { stringValue: 'b' }] } }, [1, 'b']],
    [{ kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } }, { k: true }],
    [{}, null],
  ])('reads the attribute value %p', (value, expected) => {
    const attributes = [{ key: 'a', value }];
    expect(read({ ...span, attributes }).items[0]?.attributes).toEqual({ a: expected });
  });

  it('keeps an attribute named __proto__ as data', () => {
    const attributes = [
      { key: '__proto__', value: { kvlistValue: { values: [{ key: 'polluted', value: { intValue: 1 } }] } } },
    ];
    expect(Object.keys(read({ ...span, attributes }).items[0]?.attributes ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['a trace ID of zeros', { traceId: '0'.repeat(32) }],
    ['a short trace ID', { traceId: 'abc' }],
    ['no span ID', { spanId: undefined }],
    ['no start', { startTimeUnixNano: undefined }],
  ])('refuses a span with %s and says so', (_, fields) => {
    const result = read({ ...span, ...fields });
    expect(result).toMatchObject({
      items: [],
      rejected: 1,
      reason: expect.stringMatching(/traceId|spanId|startTimeUnixNano/),
    });
  });

  it.each(['[]', '"text"', '{"resourceSpans":{}}', '{', ''])('refuses the JSON body %p', (body) => {
    expect(() => decodeRequest(TRACES_REQUEST, 'json', Buffer.from(body))).toThrow(
      expect.objectContaining({ code: 'ONETRACE_REQUEST_MALFORMED' }),
    );
  });

  it('refuses protobuf values that nest without end', () => {
    expect(readTraces(decodeRequest(TRACES_REQUEST, 'protobuf', wrapDeep(5))).rejected).toBe(1);
    expect(() => decodeRequest(TRACES_REQUEST, 'protobuf', wrapDeep(200))).toThrow(/nest deeper/);
  });
});

/** A span whose attribute value is a list in a list in a list. */
function wrapDeep(levels: number): Buffer {
  const field = (tag: number, body: Buffer) => Buffer.concat([Buffer.from([tag]), varint(body.byteLength), body]);
  let value: Buffer = field(0x0a, Buffer.from('x'));
  for (let level = 0; level < levels; level += 1) value = field(0x2a, field(0x0a, value));
  const attribute = Buffer.concat([field(0x0a, Buffer.from('k')), field(0x12, value)]);
  return field(0x0a, field(0x12, field(0x12, field(0x4a, attribute))));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
