import { describe, expect, it } from '@jest/globals';
import { isSecretKey, recordedValue } from './recorded-value.js';

describe('secrets by the name of their key', () => {
  it.each([
    'password',
    'dbPassword',
    'Authorization',
    'set-cookie',
    'x-api-key',
    'apiKey',
    'accessToken',
    'client_secret',
    'TOKEN',
  ])('%s is one', (key) => expect(isSecretKey(key)).toBe(true));
  it.each(['input_tokens', 'maxTokens', 'secretary', 'key', 'author', 'cookies_accepted', 'workflow_id'])(
    '%s is none',
    (key) => expect(isSecretKey(key)).toBe(false),
  );
});

describe('a recorded value', () => {
  const circular: Record<string, unknown> = { a: 1 };
  circular['self'] = circular;
  it.each<[string, unknown, string]>([
    ['a big integer', { n: 10n }, '{"n":"10"}'],
    ['a cycle', circular, '{"a":1,"self":"[circular]"}'],
    ['nothing', undefined, 'undefined'],
    [
      'a getter that throws',
      {
        get x(): never {
          throw new Error('no');
        },
      },
      '{"x":"[getter]"}',
    ],
    ['a secret', { token: 't' }, '{"token":"[redacted]"}'],
  ])('survives %s', (_what, value, text) => expect(recordedValue(value)).toBe(text));

  it('is bounded', () => expect(recordedValue('x'.repeat(5000))).toHaveLength(1024));
});
