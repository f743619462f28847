import { afterEach, describe, expect, it } from '@jest/globals';
import { configureRedaction } from '../tracing/index.js';
import { memberJson, messageJson } from './member-writer.js';

const NOTHING = { hash: [], drop: [], redact: [], keep: [], paths: [] };
const member = (key: string, value: unknown): string | undefined => memberJson(key, value, 32_768);
const CARD = 4_111_111_111_111_111;

afterEach(() => configureRedaction([]));

describe('a member of a line', () => {
  it('is the same however often it comes, and another one in between', () => {
    for (let times = 0; times < 3; times += 1) {
      expect(member('route', '/items/"7"')).toBe('"route":"/items/\\"7\\""');
      expect(member('route', 'other')).toBe('"route":"other"');
      expect(member('"key"', '')).toBe('"\\"key\\"":""');
      expect(member('"key"', 7)).toBe('"\\"key\\"":7');
      expect(member('status', 200.5)).toBe('"status":200.5');
      expect(member('status', -0)).toBe('"status":0');
      expect(member('found', true)).toBe('"found":true');
      expect(member('gone', undefined)).toBeUndefined();
      expect(member('list', ['a', 1])).toBe('"list":["a",1]');
    }
  });

  it('shows no secret, also where the key has had a harmless value, and where it has had the same secret', () => {
    for (let times = 0; times < 3; times += 1) {
      expect(member('note', 'all is well')).toBe('"note":"all is well"');
      expect(member('note', 'Bearer abcdefghijklmnop')).toBe('"note":"Bearer [redacted]"');
      expect(member('note', CARD)).toBe('"note":"[redacted]"');
      expect(member('note', -CARD)).toBe(`"note":-${CARD}`);
      expect(member('apiKey', 'plain')).toBe('"apiKey":"[redacted]"');
    }
  });

  it('obeys what is a secret from the moment that an application says so', () => {
    expect(member('colour', 'red')).toBe('"colour":"red"');
    expect(messageJson('colour=red')).toBe('"colour=red"');
    configureRedaction([{ ...NOTHING, redact: ['colour'] }]);
    expect(member('colour', 'red')).toBe('"colour":"[redacted]"');
    expect(messageJson('colour=red')).toBe('"colour=[redacted]"');
    configureRedaction([]);
    expect(member('colour', 'red')).toBe('"colour":"red"');
    expect(messageJson('colour=red')).toBe('"colour=red"');
  });

  it('is right also where more keys and messages have come than are kept, and for the longest', () => {
    for (let at = 0; at < 3000; at += 1) {
      expect(member(`key${at}`, at)).toBe(`"key${at}":${at}`);
      expect(messageJson(`message ${at}`)).toBe(`"message ${at}"`);
    }
    const long = 'x'.repeat(1000);
    expect(member(long, long)).toBe(`"${long}":"${long}"`);
    expect(messageJson(long)).toBe(`"${long}"`);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('is JSON also for %p', (value) => {
    expect(() => JSON.parse(`{${String(member('value', value))}}`) as unknown).not.toThrow();
  });
});
