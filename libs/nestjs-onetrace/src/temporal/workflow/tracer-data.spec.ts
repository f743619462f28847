import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { encodeTracerData, readTracerData, withTracerData } from './tracer-data.js';

const PayloadMessage = proto.temporal.api.common.v1.Payload;
// Written by the official tracing interceptor of another language.
const GOLDEN = readFileSync(new URL('../test-fixtures/python-tracer-data.Payload.pb', import.meta.url));
const CARRIER = { traceparent: '00-4af7651916cd43dd8448eb211c803101-0483bfbe9bc6181e-01', tracestate: 'rojo=1' };

describe('the header that carries the trace', () => {
  it("is byte for byte what the Python SDK's interceptor writes", () => {
    expect(Buffer.from(PayloadMessage.encode(encodeTracerData(CARRIER)).finish())).toEqual(GOLDEN);
  });

  it("reads what the Python SDK's interceptor writes", () => {
    expect(readTracerData({ '_tracer-data': PayloadMessage.decode(GOLDEN) })).toEqual(CARRIER);
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
