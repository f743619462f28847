import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { encodeTracerData, readTracerData, withTracerData } from './tracer-data.js';

// Written by the official tracing interceptor of another language.
const GOLDEN = readFileSync(new URL('../test-fixtures/python-tracer-data.Payload.pb', import.meta.url));
const CARRIER = { traceparent: '00-4af7651916cd43dd8448eb211c803101-0483bfbe9bc6181e-01', tracestate: 'rojo=1' };

/** `temporal.api.common.v1.Payload` in protobuf, for parts below 128 bytes: map entries as field 1, data as field 2. */
function messageBytes({ metadata, data }: Payload): Buffer {
  const field = (tag: number, bytes: Uint8Array) => Buffer.concat([Buffer.from([(tag << 3) | 2, bytes.length]), bytes]);
  const entries = Object.entries(metadata ?? {}).map(([key, value]) =>
    field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, value)])),
  );
  return Buffer.concat([...entries, field(2, data ?? new Uint8Array())]);
}

describe('the header that carries the trace', () => {
  it("is byte for byte what the Python SDK's interceptor writes", () => {
    expect(messageBytes(encodeTracerData(CARRIER))).toEqual(GOLDEN);
  });

  it("reads what the Python SDK's interceptor writes", () => {
    const data = GOLDEN.subarray(GOLDEN.indexOf('{'));
    const metadata = {
      encoding: GOLDEN.subarray(GOLDEN.indexOf('json/'), GOLDEN.indexOf('json/') + 'json/plain'.length),
    };
    expect(readTracerData({ '_tracer-data': { metadata, data } })).toEqual(CARRIER);
  });

  it('is left out when there is nothing to carry', () => {
    const headers = { mine: encodeTracerData(CARRIER) };
    expect(withTracerData(headers, {})).toBe(headers);
    expect(Object.keys(withTracerData(headers, CARRIER))).toEqual(['mine', '_tracer-data']);
  });

  it('is no carrier, and no error, when it is missing', () => {
    expect(readTracerData({})).toEqual({});
    expect(readTracerData(undefined)).toEqual({});
  });

  const json = (text: string) => ({ ...encodeTracerData({}), data: new TextEncoder().encode(text) });
  it.each<[string, Payload]>([
    ['encrypted', { metadata: { encoding: new TextEncoder().encode('binary/encrypted') }, data: new Uint8Array([1]) }],
    ['without encoding', { data: new TextEncoder().encode('{}') }],
    ['without data', { metadata: { encoding: new TextEncoder().encode('json/plain') } }],
    ['not JSON', json('{"traceparent":')],
    ['not UTF-8 JSON', { ...json(''), data: new Uint8Array([0xff, 0xfe]) }],
    ['a list', json('["traceparent"]')],
    ['a word', json('"traceparent"')],
    ['null', json('null')],
    ['enormous', json(JSON.stringify({ traceparent: 'x'.repeat(20_000) }))],
  ])('is unreadable, never thrown, when it is %s', (_what, payload) => {
    expect(readTracerData({ '_tracer-data': payload })).toBeUndefined();
  });

  it('keeps only texts, under lower-case names', () => {
    expect(readTracerData({ '_tracer-data': json('{"TraceParent":"a","n":1,"o":{}}') })).toEqual({ traceparent: 'a' });
  });
});
