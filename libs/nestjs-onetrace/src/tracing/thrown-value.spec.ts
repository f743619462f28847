import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { errorMessage, errorStack, errorType } from './thrown-value.js';

const no = (): never => {
  throw new Error('no');
};
class PaymentDeclined extends Error {}
const shy = Object.defineProperties(new Error('shy'), {
  name: { get: no },
  code: { get: no },
  message: { get: no },
  stack: { get: no },
});

describe('what is said of a thrown value', () => {
  it.each<[string, unknown, string, string]>([
    ['an error', new TypeError('bad'), 'TypeError', 'bad'],
    ['a class of its own that sets no name', new PaymentDeclined('no'), 'PaymentDeclined', 'no'],
    ['a code', Object.assign(new Error('gone'), { code: 'ECONNRESET' }), 'ECONNRESET', 'gone'],
    ['a code that is a number', Object.assign(new Error('gone'), { code: 14 }), 'Error', 'gone'],
    ['a frozen object', Object.freeze({ code: 'E_FROZEN', message: 'frozen' }), 'E_FROZEN', 'frozen'],
    ['an error of another realm', runInNewContext('new RangeError("far")'), 'RangeError', 'far'],
    ['an abort', new DOMException('aborted', 'AbortError'), 'AbortError', 'aborted'],
    ['undefined', undefined, 'undefined', 'undefined'],
    ['null', null, 'null', 'null'],
    ['a text', 'text', 'string', 'text'],
    ['a number', 7, 'number', '7'],
    ['a big integer', 7n, 'bigint', '7'],
    ['a symbol', Symbol('s'), 'symbol', 'Symbol(s)'],
    ['a function', function named() {}, 'named', 'function named() {}'],
    ['an empty message', new Error(''), 'Error', ''],
    ['an object without prototype', Object.create(null), '_OTHER', '[unprintable]'],
    ['an object whose toString throws', { toString: no }, 'Object', '[unprintable]'],
    ['an error whose getters throw', shy, 'Error', '[unprintable]'],
    ['a Proxy whose traps throw', new Proxy({}, { get: no, getPrototypeOf: no, has: no }), '_OTHER', '[unprintable]'],
    ['a revoked Proxy', revoked(), '_OTHER', '[unprintable]'],
  ])('%s', (_what, value, type, message) => {
    expect(errorType(value)).toBe(type);
    expect(errorMessage(value)).toBe(message);
    expect(() => errorStack(value)).not.toThrow();
  });

  it('is bounded, and valid Unicode where it was cut', () => {
    const error = new Error(`${'x'.repeat(1022)}😀tail`);
    error.stack = 'y'.repeat(100_000);
    error.name = 'N'.repeat(1000);
    expect(errorMessage(error)).toHaveLength(1024);
    expect(errorMessage(error).isWellFormed()).toBe(true);
    expect(errorStack(error)).toHaveLength(16_384);
    expect(errorType(error)).toHaveLength(128);
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
