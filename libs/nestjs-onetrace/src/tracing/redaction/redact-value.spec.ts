import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { configureIdentifierHash } from '../../context/index.js';
import { configureRedaction } from './configured-redaction.js';
import { redactPaths, redactProperty, redactValue } from './redact-value.js';

const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value, redactValue));
const lists = { hash: ['user.id'], drop: ['patient.id'], redact: [/^iban$/i], keep: [], paths: [] };

beforeAll(() => configureIdentifierHash({ hashKey: 'a key of a good length', hash: ['user.id'] }));
afterAll(() => configureIdentifierHash({ hashKey: undefined, hash: ['user.id'] }));
afterEach(() => configureRedaction([]));

describe('a value', () => {
  it.each<[unknown, unknown]>([
    [{ a: [{ b: { password: 'x' } }] }, { a: [{ b: { password: '[redacted]' } }] }],
    [{ credentials: { user: 'a', pass: 'b' } }, { credentials: { user: 'a', pass: '[redacted]' } }],
    [{ secret: { anything: 1 } }, { secret: '[redacted]' }],
    [
      { password: 12345, secret: null, token: '', hasPassword: true },
      { password: '[redacted]', secret: null, token: '', hasPassword: true },
    ],
    [
      { tokens: 12, usage: { tokens: { input: 1 } }, pass: 3 },
      { tokens: 12, usage: { tokens: { input: 1 } }, pass: 3 },
    ],
    [
      { tokens: ['a'], ids: { tokens: [15496, 995] } },
      { tokens: '[redacted]', ids: { tokens: [15496, 995] } },
    ],
    [
      { note: 'password=x', list: ['Bearer abc'] },
      { note: 'password=[redacted]', list: ['Bearer [redacted]'] },
    ],
    [
      { number: 4111111111111111, id: 4111111111111112, at: 1763714400007 },
      { number: '[redacted]', id: 4111111111111112, at: 1763714400007 },
    ],
    [
      {
        headers: [
          ['authorization', 'x'],
          ['accept', 'y'],
        ],
      },
      {
        headers: [
          ['authorization', '[redacted]'],
          ['accept', 'y'],
        ],
      },
    ],
    [{ rawHeaders: ['Host', 'h', 'Cookie', 'a=b'] }, { rawHeaders: ['Host', 'h', 'Cookie', '[redacted]'] }],
    [
      { errors: [{ property: 'password', value: 'x', n: 1 }] },
      { errors: [{ property: 'password', value: '[redacted]', n: 1 }] },
    ],
    [{ fields: [{ name: 'colour', value: 'red' }] }, { fields: [{ name: 'colour', value: 'red' }] }],
  ])('%j is written as %j', (value, expected) => {
    const before = structuredClone(value);
    expect(written(value)).toEqual(expected);
    expect(value).toEqual(before);
  });

  it('goes by the lists of the application', () => {
    configureRedaction([lists]);
    expect(written({ a: { IBAN: 'DE', 'user.id': 'u', 'patient.id': 7 }, iban: false })).toEqual({
      a: { IBAN: '[redacted]', 'user.id': expect.stringMatching(/^hmac:[0-9a-f]{32}$/), 'patient.id': '[redacted]' },
      iban: '[redacted]',
    });
  });

  it('goes by them in the spellings of code too, where a property is an object of the application', () => {
    configureRedaction([{ ...lists, redact: ['iban', /^medical\./] }]);
    const hashed = expect.stringMatching(/^hmac:[0-9a-f]{32}$/);
    expect(['userId', 'user_id', 'user-id', 'user.id'].map((key) => redactProperty(key, 'u'))).toEqual(
      Array(4).fill(hashed),
    );
    expect(redactProperty('id', 'u', 'user')).toEqual(hashed);
    expect(redactProperty('id', 7, 'patient')).toBe('[redacted]');
    expect(redactProperty('history', 'x', 'medical')).toBe('[redacted]');
    expect(redactProperty('id', 'o', 'order')).toBe('o');
    expect(redactProperty('id', 'o', '')).toBe('o');
    expect(redactProperty('i'.repeat(10_000), 'o', 'user')).toBe('o');
    // A name of a list that the application itself set stands for nothing else.
    expect(redactValue('userId', 'u')).toBe('u');
  });

  it('is given back as it is where nothing is secret, and what cannot be looked through as well', () => {
    const no = (): never => {
      throw new Error('no');
    };
    const values = [
      { a: 1 },
      [1, 2],
      new Map(),
      new Proxy({}, { has: no, get: no }),
      Symbol('s'),
      1n,
      10n ** 5000n,
      Number.NaN,
    ];
    for (const value of values) expect(redactValue('a', value)).toBe(value);
    expect(redactValue('a', 4111111111111111n)).toBe('[redacted]');
    const getter = {
      name: 'password',
      get value() {
        return no();
      },
    };
    expect(redactValue('a', getter)).toBe(getter);
  });
});

describe('paths', () => {
  const user = { address: { street: 's', city: 'c' }, name: 'n' };
  it.each<[string, object, unknown]>([
    ['user.address.street', { user }, { user: { address: { street: '[redacted]', city: 'c' }, name: 'n' } }],
    ['user.address', { user }, { user: { address: '[redacted]', name: 'n' } }],
    ['items[*].pin', { items: [{ pin: 1 }, { n: 2 }, 3] }, { items: [{ pin: '[redacted]' }, { n: 2 }, 3] }],
    ['items[0].pin', { items: [{ pin: 1 }, { pin: 2 }] }, { items: [{ pin: '[redacted]' }, { pin: 2 }] }],
    ['*.pin', { a: { pin: 1 }, b: { pin: 2 }, pin: 3 }, { a: { pin: '[redacted]' }, b: { pin: '[redacted]' }, pin: 3 }],
    ['a.*', { a: { b: 1, c: { d: 2 } } }, { a: { b: '[redacted]', c: '[redacted]' } }],
    ['headers["x-pin"]', { headers: { 'x-pin': 1 } }, { headers: { 'x-pin': '[redacted]' } }],
    ['pin', { pin: 1, a: { pin: 2 } }, { pin: '[redacted]', a: { pin: 2 } }],
    ['dto.pin', { dto: { toJSON: () => ({ pin: 1, n: 2 }) } }, { dto: { pin: '[redacted]', n: 2 } }],
    ['nowhere.at.all', { user }, { user }],
    ['user.name.first', { user }, { user }],
  ])('%s', (path, value, expected) => {
    configureRedaction([{ ...lists, paths: [path] }]);
    const before = JSON.stringify(value);
    expect(redactPaths(value)).toEqual(expected);
    expect(JSON.stringify(value)).toBe(before);
  });

  it('cost nothing where none leads anywhere: the same object comes back', () => {
    expect(redactPaths(user)).toBe(user);
    configureRedaction([{ ...lists, paths: ['a.b', '*.x', 'address.zip'] }]);
    expect(redactPaths(user)).toBe(user);
  });

  it('write nothing of what cannot be looked through', () => {
    configureRedaction([{ ...lists, paths: ['a.pin'] }]);
    const value = {
      a: Object.defineProperty({}, 'pin', {
        get: () => {
          throw new Error('secret');
        },
        enumerable: true,
      }),
    };
    expect(JSON.stringify(redactPaths(value))).not.toContain('secret');
  });
});
