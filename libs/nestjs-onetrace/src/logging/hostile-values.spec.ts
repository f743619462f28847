import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { MAX_LINE_BYTES } from '../semantics/index.js';
import { logLineSchema } from '../semantics/log-line-schema.js';
import { LINE_FIELDS } from './line-fields.js';
import { createRootLogger } from './root-logger.js';

const texts: string[] = [];
const root = createRootLogger({
  component: 'worker',
  level: 'debug',
  destination: { write: (text) => void texts.push(text) },
});

function last(): { text: string; line: Record<string, unknown>; extra: Record<string, unknown> } {
  const text = texts.at(-1) ?? 'null';
  const line = JSON.parse(text) as Record<string, unknown>;
  return { text, line, extra: (line['extra'] ?? {}) as Record<string, unknown> };
}

function extraOf(value: unknown): unknown {
  root.info({ value }, 'odd');
  expect(last().line['message']).toBe('odd');
  return last().extra['value'];
}

class Visit {
  readonly ward = 'b';
}

const circular: Record<string, unknown> = { ward: 'b' };
circular['self'] = circular;

function throwing(): never {
  throw new TypeError('not for you');
}

function withGetter(object: object, key = 'ward'): object {
  return Object.defineProperty(object, key, { get: throwing, enumerable: true });
}

function mapOf(...entries: [unknown, unknown][]): Map<unknown, unknown> {
  return new Map(entries);
}

describe('a value in a line', () => {
  it.each<[string, unknown, unknown]>([
    ['a bigint', 10n, '10'],
    ['a huge bigint', 10n ** 200n, '[bigint]'],
    ['no number', Number.NaN, 'NaN'],
    ['an infinite number', -Infinity, '-Infinity'],
    ['a symbol', Symbol('ward'), 'Symbol(ward)'],
    ['a class', Visit, '[function Visit]'],
    ['null', null, null],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a date that is none', new Date(Number.NaN), 'Invalid Date'],
    ['a map', mapOf(['a', 1], [{}, 2]), { a: 1, '[Object]': 2 }],
    ['a set', new Set(['a', 1]), ['a', 1]],
    ['a buffer', Buffer.from('secret'), '[Buffer of 6 bytes]'],
    ['a typed array', new Float64Array(2), '[Float64Array of 16 bytes]'],
    ['a URL', new URL('http://shop.test/things?page=2'), 'http://shop.test/things?page=2'],
    ['a regular expression', /a+/g, '/a+/g'],
    ['an instance', new Visit(), { ward: 'b' }],
    ['an object without a prototype', Object.create(null), {}],
    ['a cycle', circular, { ward: 'b', self: '[circular]' }],
    ['what JSON has no form for', [undefined, () => 1, { gone: undefined }], [null, '[function ]', {}]],
    ['a promise', Promise.resolve(1), '[Promise]'],
    ['a weak map', new WeakMap(), '[WeakMap]'],
    ['a boxed text', Object('boxed'), 'boxed'],
    ['an object with a form of its own', { toJSON: () => ({ ward: 'b' }) }, { ward: 'b' }],
    ['one whose own form throws', { toJSON: throwing }, '[unreadable: TypeError]'],
    ['a getter that throws', withGetter({ bed: 1 }), { ward: '[unreadable: TypeError]', bed: 1 }],
    ['a Proxy that refuses', new Proxy({}, { ownKeys: throwing }), '[unreadable: TypeError]'],
    ['a Proxy', new Proxy({ ward: 'b' }, {}), { ward: 'b' }],
    ['a class whose name throws', withGetter(class {}, 'name'), '[function [unreadable: TypeError]]'],
    ['a key that names the prototype', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ])('%s is written as what it is', (_what, value, written) => {
    expect(extraOf(value)).toEqual(written);
  });

  it('is an error with its causes where it is one', () => {
    expect(extraOf({ why: new RangeError('far', { cause: 'near' }) })).toMatchObject({
      why: { type: 'RangeError', message: 'far', cause: { type: 'string', message: 'near' } },
    });
  });

  it('is read no deeper and no wider than a line can hold', () => {
    let deep: object = { end: true };
    for (let level = 0; level < 10_000; level += 1) deep = { deep };
    expect(JSON.stringify(extraOf(deep))).toContain('"[Object]"');
    expect(extraOf(Array.from({ length: 5000 }, () => 1))).toHaveLength(1001);
    let read = 0;
    const endless = new Proxy<unknown[]>([], {
      get: (_, key) => (key === 'length' ? 2 ** 31 : key === Symbol.iterator ? [][Symbol.iterator] : (read += 1)),
    });
    extraOf(endless);
    expect(read).toBeLessThan(10_000);
  });
});

describe('a call of the logger', () => {
  it.each<[string, (...args: never[]) => void]>([
    ['a symbol', () => root.info(Symbol('odd') as never)],
    ['a symbol for a number', () => root.info('%d', Symbol('odd') as never)],
    [
      'an object whose method throws when it is read',
      () =>
        root.info({
          get method() {
            return throwing();
          },
        }),
    ],
    [
      'an object whose error throws when it is read',
      () =>
        root.info(
          {
            get err() {
              return throwing();
            },
            get error() {
              return throwing();
            },
          },
          'x',
        ),
    ],
    [
      'a Proxy that refuses everything',
      () => root.info(new Proxy({}, { get: throwing, ownKeys: throwing, has: throwing }), 'x'),
    ],
    ['nothing', () => root.info(undefined as never)],
    ['null', () => root.info(null, 'x')],
    ['fields that refuse to be read', () => root.info({ [LINE_FIELDS]: new Proxy({}, { get: throwing }) }, 'x')],
    ['a time that is none', () => root.info({ [Symbol.for('onetrace.line.time')]: Number.NaN }, 'x')],
    ['a child whose bindings are odd', () => root.child({ big: 10n, fn: () => 1, at: new Date(Number.NaN) }).info('x')],
  ])('with %s does not fail in the application', (_what, call) => {
    expect(call).not.toThrow();
    expect(() => JSON.parse(texts.at(-1) ?? '') as unknown).not.toThrow();
  });

  it('does not fail when the destination does', () => {
    const broken = createRootLogger({ component: 'worker', level: 'info', destination: { write: throwing } });
    expect(() => broken.info('hello')).not.toThrow();
  });
});

const OBEYED = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe('text that wants out of its line', () => {
  it.each([
    'a\n{"level":"FATAL"}',
    '\u001b[2J',
    '\u009b31m',
    '\u007f',
    '\u2028',
    '\u202Ereversed',
    '\ud800',
    'x\u0000y',
  ])('%j stays inside its value, as message, value, key, error and binding', (evil) => {
    const before = texts.length;
    const error = Object.assign(new Error(evil, { cause: evil }), { [evil]: evil });
    root.child({ [`b${evil}`]: evil }).error({ [evil]: evil, deep: { [evil]: [evil] }, err: error }, evil);
    root.info({ [LINE_FIELDS]: { client_id: evil, extra: { [evil]: evil } } }, evil);
    expect(texts).toHaveLength(before + 2);
    for (const text of texts.slice(before)) {
      expect(text.slice(0, -1)).not.toMatch(OBEYED);
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toMatch(/\\ud[89a-f]/i);
      expect((JSON.parse(text) as Record<string, unknown>)['message']).toBe(evil.toWellFormed());
    }
  });

  it('is one line of valid JSON within 32 KiB, whatever anybody gives', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.dictionary(
          fc.string(),
          fc.anything({
            withBigInt: true,
            withDate: true,
            withMap: true,
            withSet: true,
            withTypedArray: true,
            withSparseArray: true,
            withNullPrototype: true,
            withObjectString: true,
          }),
        ),
        (message, fields) => {
          const before = texts.length;
          root.info(fields, message);
          expect(texts).toHaveLength(before + 1);
          const { text, line } = last();
          expect(text.slice(0, -1)).not.toMatch(OBEYED);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_LINE_BYTES);
          expect(line['component']).toBe('worker');
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a line that would be longer than 32 KiB', () => {
  const long = (bytes: number): string => 'é'.repeat(bytes / 2);

  it.each<[string, () => void, string[]]>([
    ['a member of extra', () => root.info({ blob: long(80_000), ward: 'b' }, 'long'), ['extra.blob']],
    ['the message', () => root.info(long(2_000_000)), ['message']],
    ['an object', () => root.info({ list: Array.from({ length: 900 }, () => long(200)) }, 'long'), ['extra.list']],
    ['what a child logger adds', () => root.child({ blob: long(80_000) }).info('long'), ['extra.blob']],
    ['an error', () => root.error({ err: errorOf(long(40_000)) }, 'long'), ['error']],
    ['a top-level field', () => root.info({ [LINE_FIELDS]: { workflow_id: long(80_000) } }, 'long'), ['workflow_id']],
    ['a key', () => root.info({ [long(80_000)]: 1 }, 'long'), []],
    [
      'many members',
      () => root.info(Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`k${i}`, long(200)])), 'long'),
      [],
    ],
    [
      'everything at once, in characters that JSON makes six of',
      () => {
        const evil = '\u0000'.repeat(50_000);
        const fields = {
          component: evil,
          client_id: evil,
          pipeline_id: evil,
          tenant_id: evil,
          user_id: evil,
          workflow_id: evil,
          run_id: evil,
          activity: evil,
        };
        const extra = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${evil}${index}`, evil]));
        root.error({ [LINE_FIELDS]: { ...fields, error: errorOf(evil), extra } }, evil);
      },
      ['message', 'component', 'activity', 'error'],
    ],
  ])('is cut for %s, stays JSON and names what it cut', (_what, log, names) => {
    log();
    const { text, line, extra } = last();
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(line).toMatchObject({ level: expect.any(String), component: expect.any(String) });
    expect(Object.keys(extra['cut'] as object)).toEqual(expect.arrayContaining(names));
    expect(Object.keys(extra['cut'] as object).length).toBeGreaterThan(0);
  });

  it('keeps what is short whole, and of what is long the beginning', () => {
    root.info({ cut: 'mine', before: { ward: 'b' }, blob: `begin ${long(80_000)}`, after: 7 }, 'long');
    expect(last().extra).toEqual({
      before: { ward: 'b' },
      blob: expect.stringMatching(/^begin é+…$/),
      after: 7,
      cut: { 'extra.cut': expect.any(Number), 'extra.blob': expect.any(Number) },
    });
    expect((last().extra['cut'] as Record<string, number>)['extra.blob']).toBeGreaterThan(MAX_LINE_BYTES);
  });
});

function errorOf(text: string): Error {
  return Object.assign(new Error(text, { cause: new Error(text) }), { stack: `Error: ${text}`, detail: text });
}

it('every line that was written here is in the published schema', () => {
  const isLine = new Ajv2020({ allErrors: true }).compile(logLineSchema());
  expect(texts.length).toBeGreaterThan(500);
  for (const text of texts) expect(isLine(JSON.parse(text)) ? [] : [text, isLine.errors]).toEqual([]);
});
