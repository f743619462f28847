import { describe, expect, it } from '@jest/globals';
import { type Attributes, createTraceState, type HrTime, type Link, SpanKind } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import type { EndedSpan, EndedSpanEvent, SpanScope } from '../ended-span.js';
import { endedSpan } from '../ended-span.fixture.js';
import { knownResource } from './opentelemetry.js';
import { serializeSpans } from './protobuf-request.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const STATE = createTraceState('vendor=1,other=한글');

function expectStockBytes(spans: EndedSpan[]): void {
  const stock = Buffer.from(ProtobufTraceSerializer.serializeRequest(spans) ?? []);
  const { body, written, failure } = serializeSpans(spans);
  expect({ hex: Buffer.from(body).toString('hex'), written, failure }).toEqual({
    hex: stock.toString('hex'),
    written: spans.length,
    failure: undefined,
  });
}

/** Spans whose holders of attributes all have these. */
function withAttributes(given: Record<string, unknown>): EndedSpan {
  const attributes = given as Attributes;
  return endedSpan({
    attributes,
    events: [{ name: 'event', time: [1, 2], attributes }],
    links: [{ context: { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 }, attributes }],
    resource: { ...knownResource({}), attributes },
    instrumentationScope: { name: 'scope', attributes, droppedAttributesCount: 3 } as SpanScope,
  });
}

const contextWith = (parts: object) => () => ({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, ...parts });
const parentWith = (parts: object) => contextWith(parts)();

const NUMBERS = [
  ...[
    0,
    -0,
    1,
    -1,
    127,
    128,
    200,
    16_384,
    2 ** 31,
    -(2 ** 31),
    2 ** 32 - 1,
    2 ** 32,
    -(2 ** 32),
    -(2 ** 32) - 1,
    2 ** 53 - 1,
  ],
  ...[2 ** 53, 2 ** 53 + 2, -(2 ** 53), 2 ** 62, 2 ** 63 - 1024, 2 ** 63, -(2 ** 63), -(2 ** 63) - 2048, 1e300, -1e300],
  ...[0.1, -0.5, 5e-324, NaN, Infinity, -Infinity],
];
const LENGTHS = [
  0, 1, 2, 40, 41, 42, 47, 48, 49, 50, 100, 120, 125, 126, 127, 128, 129, 1023, 1024, 1025, 5461, 5462, 16_383, 16_384,
  70_000,
];
const TIMES: unknown[] = [
  ...[
    [0, 0],
    [0, 1],
    [1_795_000_000, 999_999_999],
    [2 ** 31, 5],
    [2 ** 32, 5],
    [18_446_744_073, 709_551_615],
  ],
  ...[[-1, 5], [1.5, 2.25], [1_795_000_000, 5e9], [NaN, 1], [1, NaN], []],
];
const COUNTS: unknown[] = [0, 1, 127, 128, 2 ** 31, 2 ** 32, -1, 1.5, NaN, undefined];

const VALUES: Record<string, unknown> = {
  'mixed array': ['a', 1, true, null, undefined, 0.5],
  'array in an array': [['a'], [], [[1]]],
  'sparse array': Object.assign([], { 3: 'd' }),
  'long array': Array.from({ length: 5000 }, (_, index) => index),
  'empty array': [],
  object: { a: 1, b: { c: ['d', { e: false }] }, '': '' },
  'empty object': {},
  'object without prototype': Object.create(null, { a: { value: 1, enumerable: true } }) as unknown,
  'inherited property': Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true } }) as unknown,
  date: new Date(0),
  bytes: Uint8Array.of(0, 127, 128, 255),
  'no bytes': new Uint8Array(),
  'many bytes': Buffer.alloc(20_000, 'x'),
  'other typed array': Float64Array.of(1, 2),
  bigint: 10n,
  'no value': null,
  undefined,
  symbol: Symbol('s'),
  function: () => 1,
};

const ODD_SPANS: Record<string, object> = {
  kinds: { kind: SpanKind.CONSUMER },
  'no kind': { kind: undefined },
  'a kind below the first': { kind: -1 },
  'a name that is no text': { name: 7 },
  'an empty name': { name: '' },
  'a name in two scripts': { name: 'GET /한글/🙂' },
  'trace state': { spanContext: contextWith({ traceState: STATE }) },
  'empty trace state': { spanContext: contextWith({ traceState: createTraceState() }) },
  'no flags': { spanContext: contextWith({ traceFlags: 0 }) },
  'flags beyond a byte': { spanContext: contextWith({ traceFlags: 0x1ff }) },
  'IDs in capitals': { spanContext: contextWith({ traceId: TRACE_ID.toUpperCase(), spanId: SPAN_ID.toUpperCase() }) },
  'IDs of other lengths': { spanContext: contextWith({ traceId: 'abc', spanId: '' }) },
  'a long ID': { spanContext: contextWith({ traceId: 'ab'.repeat(300) }) },
  'a local parent': { parentSpanContext: parentWith({}) },
  'a remote parent': { parentSpanContext: parentWith({ isRemote: true, traceState: STATE }) },
  'a parent without an ID': { parentSpanContext: parentWith({ spanId: '', isRemote: true }) },
  'a failure': { status: { code: 2, message: 'broken' } },
  'an empty message': { status: { code: 1, message: '' } },
  'a status without a code': { status: {} },
  links: {
    links: [
      { context: parentWith({ isRemote: true, traceState: STATE }), droppedAttributesCount: 200 },
      { context: parentWith({ traceFlags: 0 }), attributes: undefined },
    ],
  },
  events: {
    events: [
      { name: '', time: [1, 2] },
      { name: '사건', time: [3, 4], droppedAttributesCount: 300 },
    ],
  },
  'no attributes at all': { attributes: undefined },
  'a scope with everything': { instrumentationScope: { name: 's', version: '1', schemaUrl: 'https://example.org/s' } },
  'a scope with nothing': { instrumentationScope: { name: '', version: '', schemaUrl: '' } },
  'a resource with a schema': { resource: { attributes: { a: 1 }, schemaUrl: 'https://example.org/r' } },
};

describe("requests in protobuf have the bytes of OpenTelemetry's own serializer", () => {
  it('for no span', () => expectStockBytes([]));

  it.each(NUMBERS)('for the number %d', (number) => expectStockBytes([withAttributes({ number, array: [number] })]));

  it.each(LENGTHS)('for texts, keys and names of %i characters', (length) => {
    for (const text of ['x', 'é', '한', '🙂', '\ud800', '\udc00', '\u0000']) {
      const long = text.repeat(length);
      expectStockBytes([
        withAttributes({ key: long, [long]: 1, [`${long}z`]: `${long}z` }),
        endedSpan({ name: long, status: { code: 2, message: `${long}z` } }),
      ]);
    }
  });

  it.each(TIMES.map((time) => [time]))('for the time %j', (given) => {
    const time = given as HrTime;
    expectStockBytes([endedSpan({ startTime: time, endTime: time, events: [{ name: 'event', time }] })]);
  });

  it.each(COUNTS.map((count) => [count]))('for %p that were dropped', (given) => {
    const count = given as number;
    const counts = { droppedAttributesCount: count, droppedEventsCount: count, droppedLinksCount: count };
    const scope = { name: 'scope', droppedAttributesCount: count };
    expectStockBytes([
      endedSpan({ ...counts, events: [{ name: 'e', time: [1, 2], ...counts }], instrumentationScope: scope }),
    ]);
  });

  it.each(Object.entries(VALUES))('for a value that is: %s', (key, value) => {
    expectStockBytes([withAttributes({ [key]: value, array: [value, value] })]);
  });

  it.each(Object.entries(ODD_SPANS))('for a span with: %s', (_, parts) => expectStockBytes([endedSpan(parts)]));

  it('for more keys than are remembered, twice', () => {
    const attributes = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`key ${index}`, index]));
    const spans = Array.from({ length: 3 }, () => endedSpan({ attributes }));
    expectStockBytes(spans);
    expectStockBytes(spans);
  });

  it('for texts that come again, in turn with others and not, and for other kinds of values between', () => {
    const texts = [
      'vllm',
      'vllm',
      'vllm',
      '',
      '',
      '',
      '모델',
      '모델',
      '모델',
      'x'.repeat(64),
      'x'.repeat(65),
      '\ud800',
    ];
    const given = [...texts, ...texts.flatMap((text) => ['vllm', text, text, text]), 7, 'vllm', ['vllm'], 'vllm'];
    const keys = ['server.address', '서버', 'k'.repeat(127), 'k'.repeat(128)];
    const spans = given.map((value) => withAttributes(Object.fromEntries(keys.map((key) => [key, value]))));
    expectStockBytes(spans);
    for (const span of spans) expectStockBytes([span]);
  });

  it('for requests that are much larger or smaller than the one before', () => {
    for (const [spans, length] of [
      [1, 1e6],
      [512, 10],
      [2, 0],
      [300, 5000],
      [1, 0],
      [20_000, 0],
    ] as const) {
      const text = 'x'.repeat(length);
      expectStockBytes(Array.from({ length: spans }, () => endedSpan({ attributes: { text } })));
    }
  });

  const resources = [knownResource({ 'service.name': 'a' }), knownResource({ 'service.name': 'b', list: ['x', 'y'] })];
  const scopes = [
    { name: 'one' },
    { name: 'one' },
    { name: 'two', version: '1.2.3', schemaUrl: 'https://example.org/s' },
  ];
  const text = fc.oneof(
    fc.constantFrom('vllm', '모델'),

    fc.string({ maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ minLength: 100, maxLength: 300 }),
  );
  const primitive = fc.oneof(text, fc.double(), fc.integer(), fc.maxSafeInteger(), fc.boolean());
  const value = fc.oneof(
    { weight: 6, arbitrary: primitive },
    fc.array(primitive, { maxLength: 5 }),
    fc.anything({
      withBigInt: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withDate: true,
      maxDepth: 3,
    }),
  );
  const attributes = fc.dictionary(fc.oneof(fc.constantFrom('a', 'b.c', 'onetrace.component'), text), value, {
    maxKeys: 8,
  }) as fc.Arbitrary<Attributes>;
  const time = fc.tuple(fc.nat(2 ** 31), fc.nat(999_999_999)) as fc.Arbitrary<HrTime>;
  const hex = (length: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
  const spanContext = fc.record({
    traceId: hex(32),
    spanId: hex(16),
    traceFlags: fc.nat(255),
    isRemote: fc.boolean(),
    traceState: fc.constantFrom(STATE, createTraceState('a=b')),
  });
  const link = fc.record(
    { context: spanContext, attributes, droppedAttributesCount: fc.nat() },
    { requiredKeys: ['context'] },
  );
  const event = fc.record(
    { name: text, time, attributes, droppedAttributesCount: fc.nat() },
    { requiredKeys: ['name', 'time'] },
  );
  const status = fc.record({ code: fc.constantFrom(0, 1, 2), message: text }, { requiredKeys: ['code'] });
  const span = fc.record(
    {
      name: text,
      kind: fc.constantFrom(0, 1, 2, 3, 4),
      spanContext: spanContext.map((context) => () => context),
      parentSpanContext: spanContext,
      startTime: time,
      endTime: time,
      status: status,
      attributes,
      links: fc.array(link as fc.Arbitrary<Link>, { maxLength: 3 }),
      events: fc.array(event as fc.Arbitrary<EndedSpanEvent>, { maxLength: 3 }),
      resource: fc.constantFrom(...resources),
      instrumentationScope: fc.constantFrom(...scopes),
      droppedAttributesCount: fc.nat(),
      droppedEventsCount: fc.nat(300),
      droppedLinksCount: fc.nat(300),
    },
    { requiredKeys: [] },
  );

  it('for whatever spans are drawn', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), (parts) => expectStockBytes(parts.map((part) => endedSpan(part)))),
      { numRuns: 500 },
    );
  });
});
