import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Trace } from './trace.decorator.js';

/** As JavaScript and lenient compilers call it: no type stands in the way. */
const apply = Trace() as unknown as (...args: unknown[]) => unknown;

class Sample {
  static factory(): void {}
}

describe('@Trace where it cannot stand', () => {
  it.each<[string, unknown[], string]>([
    [
      'a getter',
      [Sample.prototype, 'size', { get: () => 1, configurable: true }],
      '@Trace() stands on Sample.size, which is no method but a getter or setter; put it on a method or on the class',
    ],
    [
      'a setter',
      [Sample.prototype, 'size', { set: () => undefined, configurable: true }],
      'which is no method but a getter or setter',
    ],
    [
      'a static getter',
      [Sample, 'size', { get: () => 1, configurable: true }],
      '@Trace() stands on Sample.size, which is no method but a getter or setter',
    ],
    [
      'a field, whatever function it will hold',
      [Sample.prototype, 'handler', undefined],
      '@Trace() stands on Sample.handler, which is no method but a field; make the field a method (a function in a field',
    ],
    ['a parameter', [Sample.prototype, 'run', 0], '@Trace() stands on Sample.run, which is no method but a parameter'],
    [
      "a constructor's parameter",
      [Sample, undefined, 0],
      '@Trace() stands on Sample.constructor, which is no method but a parameter',
    ],
    [
      'a getter named by a symbol',
      [Sample.prototype, Symbol('size'), { get: () => 1 }],
      '@Trace() stands on Sample.Symbol(size), which is no method but a getter or setter',
    ],
  ])('refuses %s, and says what to do', (_what, args, message) => {
    expect(() => apply(...args)).toThrow(
      expect.objectContaining({
        code: 'ONETRACE_TRACE_ON_ACCESSOR',
        message: expect.stringContaining(message),
      }),
    );
  });

  it.each([[null], [7]])('refuses %p for options', (options) => {
    expect(() => Trace(options as never)).toThrow(
      expect.objectContaining({
        code: 'ONETRACE_INVALID_OPTION',
        message: expect.stringContaining('give it a name, an object of options, or nothing'),
      }),
    );
  });

  it('names the compiler option where it is called as a standard decorator', () => {
    expect(() => apply(() => undefined, { kind: 'method', name: 'run', static: false })).toThrow(
      expect.objectContaining({
        code: 'ONETRACE_STANDARD_DECORATOR',
        message: expect.stringContaining('"experimentalDecorators": true'),
      }),
    );
  });
});
