import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { encodeTracerData, readTracerData, withTracerData } from './tracer-data.js';

const { Payload: Message } = proto.temporal.api.common.v1;
/** What the tracing interceptor of that language's own SDK wrote, as the server keeps it. */
const recorded = (language: string): Buffer =>
  readFileSync(new URL(`../test-fixtures/${language}-tracer-data.Payload.pb`, import.meta.url));
const bytesOf = (payload: Payload): Buffer => Buffer.from(Message.encode(payload).finish());
const CARRIER = { traceparent: '00-4af7651916cd43dd8448eb211c803101-0483bfbe9bc6181e-01', tracestate: 'rojo=1' };

describe('the header that carries the trace', () => {
  const baggage = 'client_id=dept-a,pipeline_id=text-embedding';
  it.each([
    ['python', CARRIER],
    ['go', { ...CARRIER, traceparent: '00-bda0e0899dce1e77e51cf62dd2787bcd-fe3f5d580566b2e8-01', baggage }],
    ['java', { ...CARRIER, traceparent: '00-4af7651916cd43dd8448eb211c803101-3bc5a6b0962d6367-01', baggage }],
  ])('reads what the interceptor of the SDK for %s writes', (language, carrier) => {
    expect(readTracerData({ '_tracer-data': Message.decode(recorded(language)) })).toEqual(carrier);
  });

  it.each(['python', 'go'])('is byte for byte what the interceptor of the SDK for %s writes', (language) => {
    const carrier = readTracerData({ '_tracer-data': Message.decode(recorded(language)) }) ?? {};
    expect(bytesOf(encodeTracerData(carrier))).toEqual(recorded(language));
  });

  // Java's members stand in the order of a hash map; no reader may depend on it.
  it('has the encoding and the members that the interceptor of the SDK for Java writes, in order of their keys', () => {
    const theirs = Message.decode(recorded('java'));
    const ours = encodeTracerData(readTracerData({ '_tracer-data': theirs }) ?? {});
    const members = ({ data }: Payload): unknown => JSON.parse(Buffer.from(data ?? []).toString());
    expect(members(ours)).toEqual(members(theirs));
    expect(bytesOf({ ...ours, data: null })).toEqual(bytesOf({ ...theirs, data: null }));
    expect(bytesOf(ours)).toHaveLength(recorded('java').length);
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
