import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import { collectLines } from './logged-lines.fixture.js';
import { NestLineLogger } from './nest-line-logger.js';

let collected: ReturnType<typeof collectLines>;
let before: LoggerService | undefined;
const nest = Logger as unknown as { staticInstanceRef?: LoggerService; logLevels?: readonly string[] | undefined };

beforeEach(() => {
  collected = collectLines();
  before = nest.staticInstanceRef;
  Logger.overrideLogger(new NestLineLogger(() => collected.root));
});
afterEach(() => {
  nest.logLevels = undefined;
  if (before !== undefined) Logger.overrideLogger(before);
  collected.restore();
});

const STACK = 'TypeError: no such item\n    at Cart.open (cart.js:1:2)';
const instance = new Logger('Cart');
const plain = new Logger();

describe("Nest's Logger", () => {
  it.each<[string, () => void, object]>([
    ['static, a text', () => Logger.log('hello'), { level: 'INFO', message: 'hello', extra: undefined }],
    ['static, with a context', () => Logger.warn('hello', 'Cart'), { level: 'WARN', extra: { context: 'Cart' } }],
    ['an instance', () => instance.debug('hello'), { level: 'DEBUG', message: 'hello', extra: { context: 'Cart' } }],
    ['verbose', () => instance.verbose('much'), { level: 'DEBUG', message: 'much' }],
    ['fatal', () => instance.fatal('over'), { level: 'FATAL', message: 'over' }],
    [
      'fields after the message',
      () => instance.log('opened', { items: 3 }, { user: 'u-1' }),
      { message: 'opened', extra: { context: 'Cart', items: 3, user: 'u-1' } },
    ],
    ['fields after the message, no context', () => plain.log('opened', { items: 3 }), { extra: { items: 3 } }],
    ['fields as the message', () => instance.log({ items: 3 }), { message: '', extra: { context: 'Cart', items: 3 } }],
    ['a list as the message', () => instance.log(['a', 'b']), { extra: { context: 'Cart', items: ['a', 'b'] } }],
    [
      'values that are no fields',
      () => instance.log('opened', 7, ['x'], true),
      { extra: { context: 'Cart', arguments: [7, ['x'], true] } },
    ],
    [
      'a format',
      () => instance.log('%s has %d items', 'it', 3),
      { message: 'it has 3 items', extra: { context: 'Cart' } },
    ],
    ['a number', () => instance.log(42), { message: '42' }],
    ['nothing', () => instance.log(undefined), { message: 'undefined', extra: { context: 'Cart' } }],
    ['a class', () => instance.log(NestLineLogger), { message: 'NestLineLogger' }],
    [
      'an error as the message',
      () => instance.error(new RangeError('too many')),
      {
        level: 'ERROR',
        message: 'too many',
        error: { type: 'RangeError', message: 'too many' },
        extra: { context: 'Cart' },
      },
    ],
    [
      'an error after the message',
      () => instance.error('cannot open', new RangeError('too many')),
      { message: 'cannot open', error: { type: 'RangeError', message: 'too many' }, extra: { context: 'Cart' } },
    ],
    [
      'a stack after the message',
      () => instance.error('no such item', STACK),
      {
        message: 'no such item',
        error: { type: 'TypeError', message: 'no such item', stack: STACK },
        extra: { context: 'Cart' },
      },
    ],
    [
      'a stack and no context',
      () => Logger.error('no such item', STACK),
      { message: 'no such item', error: { stack: STACK }, extra: undefined },
    ],
    [
      'no stack but a context',
      () => Logger.error('odd', undefined, 'Cart'),
      { message: 'odd', extra: { context: 'Cart' } },
    ],
  ])('%s', (_form, log, line) => {
    log();
    expect(collected.lines).toHaveLength(1);
    const [told] = collected.lines;
    for (const [key, value] of Object.entries(line)) {
      if (value !== null && typeof value === 'object' && key === 'error')
        expect(told?.error).toMatchObject(value as object);
      else expect({ [key]: told?.[key as 'level'] }).toEqual({ [key]: value as unknown });
    }
  });

  it('says only the levels that the application has chosen from Nest', () => {
    Logger.overrideLogger(['error', 'warn']);
    instance.log('quiet');
    instance.warn('loud');
    instance.fatal('loudest');
    expect(collected.lines.map(({ message }) => message)).toEqual(['loud', 'loudest']);
  });

  const evil = (): never => {
    throw new RangeError('no');
  };
  it.each<[string, () => unknown, object]>([
    [
      'a getter',
      () => Object.defineProperty({ a: 1 }, 'b', { get: evil, enumerable: true }),
      { a: 1, b: '[unreadable: RangeError]' },
    ],
    ['its keys', () => new Proxy({}, { ownKeys: evil }), { arguments: ['[unreadable: RangeError]'] }],
    ['its prototype', () => new Proxy({}, { getPrototypeOf: evil }), {}],
  ])('survives a value that throws when it is read: %s', (_, value, extra) => {
    instance.log(value());
    instance.log('opened', value());
    expect(collected.lines).toMatchObject([{ extra }, { message: 'opened', extra }]);
  });

  it('keeps the line of an argument that cannot be formatted', () => {
    instance.log('opened %s by %s', { toString: evil }, 'Ada');
    expect(collected.lines).toMatchObject([{ message: 'opened %s by %s', extra: { unreadable: 'RangeError' } }]);
  });
});
