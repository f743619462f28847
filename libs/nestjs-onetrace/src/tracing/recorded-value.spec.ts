import { describe, expect, it } from '@jest/globals';
import { recordedValue } from './recorded-value.js';

class Account {
  readonly #pin = 1234;
  owner = 'ada';
  password = 'secret';
  get pin(): number {
    return this.#pin;
  }
}
class Entity {
  hidden = true;
  toJSON(): object {
    return { id: 1, apiKey: 'k' };
  }
}
const no = (): never => {
  throw new Error('no');
};

describe('a recorded value', () => {
  const circular: Record<string, unknown> = { a: 1 };
  circular['self'] = circular;
  const shared = { a: 1 };
  it.each<[string, unknown, string]>([
    ['a text', 'text', '"text"'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['what JSON has no number for', [Number.NaN, Number.POSITIVE_INFINITY, -0], '["NaN","Infinity",0]'],
    ['a big integer', { n: 10n }, '{"n":"10"}'],
    ['a bigger integer', 10n ** 5000n, '"[bigint]"'],
    ['a symbol and a function', [Symbol('s'), function named() {}], '["Symbol(s)","[function named]"]'],
    ['absent members', [{ a: undefined, b: 1 }, undefined], '[{"b":1},null]'],
    ['a cycle', circular, '{"a":1,"self":"[circular]"}'],
    ['an object that stands twice, which is no cycle', [shared, shared], '[{"a":1},{"a":1}]'],
    ['a secret, however deep', { a: [{ token: 't', b: 1 }] }, '{"a":[{"token":"[redacted]","b":1}]}'],
    ['a secret in a map', new Map([['password', 'p']]), '{"password":"[redacted]"}'],
    [
      'keys that are no text',
      new Map<unknown, number>([
        [{}, 1],
        [7, 2],
        [Symbol('s'), 3],
      ]),
      '{"[Object]":1,"7":2,"Symbol(s)":3}',
    ],
    ['a set', new Set([1, 'b']), '[1,"b"]'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['no date', new Date(Number.NaN), '"Invalid Date"'],
    ['a pattern', /a+/g, '"/a+/g"'],
    ['an error', new TypeError('bad'), '"TypeError: bad"'],
    ['an address, without user, password and query', new URL('http://u:p@host:1/path?key=k'), '"http://host:1/path"'],
    [
      'bytes',
      [Buffer.alloc(4), new Float64Array(2), new ArrayBuffer(8)],
      '["[Buffer of 4 bytes]","[Float64Array of 16 bytes]","[ArrayBuffer of 8 bytes]"]',
    ],
    ['a Promise', [Promise.resolve(1)], '["[Promise]"]'],
    ['a class instance, its accessors not called', new Account(), '{"owner":"ada","password":"[redacted]"}'],
    ['what says itself how it is written', new Entity(), '{"id":1,"apiKey":"[redacted]"}'],
    ['what fails to say it', { toJSON: no }, '[unreadable: Error]'],
    [
      'what gives itself',
      {
        a: 1,
        toJSON() {
          return this;
        },
      },
      '{"a":1,"toJSON":"[function toJSON]"}',
    ],
    [
      'a getter, without calling it',
      {
        get x() {
          return no();
        },
      },
      '{"x":"[getter]"}',
    ],
    ['a Proxy, without asking it', { proxy: new Proxy({}, { get: no, ownKeys: no }) }, '{"proxy":"[Proxy]"}'],
    ['an object without prototype', Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
    ['a boxed text', Object('text'), '"[String]"'],
    ['depth', { a: { b: { c: { d: { e: { f: 1 } } } } } }, '{"a":{"b":{"c":{"d":{"e":"[Object]"}}}}}'],
  ])('survives %s', (_what, value, text) => expect(recordedValue(value)).toBe(text));

  it('is bounded, and valid Unicode where it was cut', () => {
    expect(recordedValue('x'.repeat(5000))).toHaveLength(1024);
    expect(recordedValue(`${'x'.repeat(1021)}😀`).isWellFormed()).toBe(true);
    expect(recordedValue(Array.from({ length: 100 }, (_, index) => index))).toContain('"… 68 more"');
    expect(recordedValue(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 1])))).toContain(
      '"…":"68 more"',
    );
  });

  it('reads only as much as it writes', () => {
    let read = 0;
    const items = Array.from({ length: 1000 }, () => ({
      toJSON: () => {
        read += 1;
        return 'x'.repeat(200);
      },
    }));
    expect(recordedValue(items).length).toBeLessThanOrEqual(1024);
    expect(read).toBeLessThan(10);
  });

  it('does not copy what is huge', () => {
    const text = Buffer.alloc(50_000_000, 'x').toString('latin1');
    const before = process.memoryUsage().heapUsed;
    for (let call = 0; call < 20; call += 1) recordedValue({ text, bytes: Buffer.alloc(1024) });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(25_000_000);
  });

  it('runs nothing of the application but a toJSON that is a method', async () => {
    const called: string[] = [];
    const unhandled = (): void => void called.push('unhandledRejection');
    process.on('unhandledRejection', unhandled);
    const list = Object.defineProperty([1, 2], 0, { enumerable: true, get: () => called.push('element') });
    const iterated = Object.assign([1], { [Symbol.iterator]: () => called.push('iterator') });
    const lazy = Object.defineProperty({ a: 1 }, 'toJSON', { get: () => called.push('toJSON') });
    const late = { toJSON: async () => Promise.reject(new Error('late')) };
    try {
      expect(recordedValue(list)).toBe('["[getter]",2]');
      expect(recordedValue(iterated)).toBe('[1]');
      expect(recordedValue(lazy)).toBe('{"a":1}');
      expect(recordedValue(late)).toBe('"[Promise]"');
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', unhandled);
    }
    expect(called).toEqual([]);
  });
});
