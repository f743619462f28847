import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { spansOfEachTest } from '../testing/spans-of-each-test.fixture.js';
import { Trace } from './trace.decorator.js';

const spans = spansOfEachTest();

const Roles = Reflector.createDecorator<string[]>();
const KEY = Symbol('key');
/** As schedulers and microservices do: what they need hangs on the function itself. */
const Cron =
  (pattern: string): MethodDecorator =>
  (_target: object, _key: string | symbol, descriptor) => {
    Object.assign(descriptor.value as object, { pattern, [KEY]: pattern });
  };
const named = Symbol('named');

class Sample {
  @Roles(['above'])
  @SetMetadata('above', true)
  @Cron('above')
  @Trace()
  @SetMetadata('below', true)
  @Cron('below')
  both(user: string, limit: number = 10, ...rest: number[]): string {
    return `${user}${limit}${rest.length}`;
  }

  @Trace()
  async later(): Promise<void> {}

  @Trace()
  *numbers(): Generator<number> {
    yield 1;
  }

  @Trace()
  static fixed(): unknown {
    return this;
  }

  @Trace()
  [named](): string {
    return 'named';
  }

  @Trace('upper')
  @Trace('lower')
  twice(): void {}

  @applyDecorators(SetMetadata('applied', true), Trace('applied'))
  applied(): void {}
}

const method = (key: string | symbol) =>
  Object.getOwnPropertyDescriptor(Sample.prototype, key)?.value as (...args: unknown[]) => unknown;

describe('a traced method', () => {
  it('keeps the metadata of decorators above and below, by whatever key', () => {
    const reflector = new Reflector();
    expect(reflector.get(Roles, method('both'))).toEqual(['above']);
    expect(Reflect.getOwnMetadata('above', method('both'))).toBe(true);
    expect(Reflect.getOwnMetadata('below', method('both'))).toBe(true);
    expect(Reflect.getOwnMetadata('applied', method('applied'))).toBe(true);
    expect(Reflect.getMetadata('design:paramtypes', Sample.prototype, 'both')).toEqual([String, Number, Array]);
  });

  it('keeps what hangs on the function itself', () => {
    expect({ ...method('both') }).toEqual({ pattern: 'above', [KEY]: 'above' });
  });

  it('keeps name, length, source text and kind', () => {
    expect([method('both').name, method('both').length]).toEqual(['both', 1]);
    expect(method('both').toString()).toMatch(/^both\(user, limit = 10/);
    expect(method(named).name).toBe('[named]');
    expect(Object.prototype.toString.call(method('later'))).toBe('[object AsyncFunction]');
    expect(Object.prototype.toString.call(method('numbers'))).toBe('[object GeneratorFunction]');
    expect(method('later').constructor.name).toBe('AsyncFunction');
    expect(Object.keys(method('later'))).toEqual([]);
  });

  it('keeps its property as it was: not enumerable, writable, configurable', () => {
    expect(Object.getOwnPropertyDescriptor(Sample.prototype, 'both')).toMatchObject({
      configurable: true,
      enumerable: false,
      writable: true,
    });
  });

  it('cannot be constructed, like the methods of a class', () => {
    expect(() => void Reflect.construct(method('both'), [])).toThrow(TypeError);
    expect(Object.hasOwn(method('both'), 'prototype')).toBe(false);
  });

  it('is found static and by symbol', () => {
    expect(Sample.fixed()).toBe(Sample);
    expect(new Sample()[named]()).toBe('named');
    expect(spans.spans().map((span) => span.name)).toEqual(['Sample.fixed', 'Sample.named']);
  });

  it('has one span, by its upper decorator', () => {
    new Sample().twice();
    expect(spans.spans().map((span) => span.name)).toEqual(['upper']);
  });

  it('runs with the this it is called with', () => {
    class Derived extends Sample {}
    expect(Derived.fixed()).toBe(Derived);
  });
});
