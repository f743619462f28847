import 'reflect-metadata';
import { exec } from 'node:child_process';
import { promisify, types } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { spansOfEachTest } from '../../testing/spans-of-each-test.fixture.js';
import { Trace } from '../trace.decorator.js';
import { onlySpan } from '../../testing/only-span.fixture.js';

const spans = spansOfEachTest();

class Service {
  @Trace()
  give<T>(value: T): T {
    return value;
  }
  @Trace()
  async make(): Promise<void> {
    await Promise.resolve();
  }
}
const service = new Service();
const only = () => onlySpan(spans);

describe('a Promise from a traced method', () => {
  it('keeps the span open until it settles, and gives the very value', async () => {
    const value = { a: 1 };
    const { promise, resolve } = Promise.withResolvers<object>();
    const given = service.give(promise);
    expect(given).toBeInstanceOf(Promise);
    await Promise.resolve();
    expect(spans.spans()).toHaveLength(0);
    resolve(value);
    expect(await given).toBe(value);
    expect(only()?.attributes).toMatchObject({ 'method.success': true, 'method.result_type': 'object' });
  });

  it.each([[undefined], [null], [0], ['text'], [Symbol('s')], [10n], [Object.freeze(new Error('frozen'))]])(
    'rejects with the very reason: %p',
    async (reason) => {
      await expect(service.give(Promise.reject(reason as Error))).rejects.toBe(reason);
      expect(only()).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'method.success': false } });
    },
  );

  it('that the method got from somewhere arrives as the very object', async () => {
    const kept = Object.assign(Promise.resolve(7), { [Symbol.asyncDispose]: () => Promise.resolve() });
    expect(service.give(kept)).toBe(kept);
    expect(service.give(kept)).toBe(kept);
    expect(await kept).toBe(7);
    expect(spans.spans()).toHaveLength(2);
  });

  it('ends its span before its consumer goes on', async () => {
    await service.give(new Promise(setImmediate));
    only();
    await service.make();
    expect(spans.spans()).toHaveLength(2);
  });

  it('keeps what is attached to it: the child of a promisified exec', async () => {
    const running = service.give(promisify(exec)('exit 0'));
    expect(running.child.pid).toBeGreaterThan(0);
    await running;
    expect(only()?.attributes).toMatchObject({ 'method.success': true });
  });

  it('keeps its realm', async () => {
    const foreign = runInNewContext('Promise.resolve(7)') as Promise<number>;
    const given = service.give(foreign);
    expect(Object.getPrototypeOf(given)).toBe(Object.getPrototypeOf(foreign));
    expect(await given).toBe(7);
    only();
  });

  it('has the span for its parent in what it waits for', async () => {
    class Nested {
      @Trace('outer')
      async outer(): Promise<void> {
        await Promise.resolve();
        await this.inner();
      }
      @Trace('inner')
      async inner(): Promise<void> {
        await Promise.resolve();
      }
    }
    await new Nested().outer();
    const [inner, outer] = spans.spans();
    expect([inner?.name, outer?.name]).toEqual(['inner', 'outer']);
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });
});

describe('a Promise of a class of its own', () => {
  class Cancelable<T> extends Promise<T> {
    readonly #token = 'token';
    cancelled = false;
    cancel(): string {
      this.cancelled = true;
      return this.#token;
    }
  }

  it('arrives as the very object, and ends the span when its consumer has it', async () => {
    const promise = new Cancelable<number>((resolve) => setImmediate(resolve, 7));
    const given = service.give(promise);
    expect(given).toBe(promise);
    expect(given.cancel()).toBe('token');
    expect(await given).toBe(7);
    expect(only()?.attributes).toMatchObject({ 'method.success': true, 'method.result_type': 'number' });
    expect(Object.hasOwn(promise, 'then')).toBe(false);
  });

  it('is measured once, however often it is awaited', async () => {
    const given = service.give(Cancelable.resolve(7));
    expect(await Promise.all([given, given])).toEqual([7, 7]);
    expect(await given).toBe(7);
    only();
  });

  it('rejects with the very reason by catch, too', async () => {
    const reason = new Error('no');
    const caught: unknown = await service.give(Cancelable.reject(reason)).catch((error: unknown) => error);
    expect(caught).toBe(reason);
    expect(only()?.status.code).toBe(SpanStatusCode.ERROR);
  });

  it('is not started when it is lazy', async () => {
    let started = 0;
    /** As p-lazy does: the work begins with the first `then`. */
    class Lazy<T> extends Promise<T> {
      #promise: Promise<T> | undefined;
      constructor(private readonly work: () => Promise<T>) {
        super((resolve) => resolve(undefined as T));
      }
      static override get [Symbol.species](): PromiseConstructor {
        return Promise;
      }
      override then<A = T, B = never>(
        onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
        onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
      ): Promise<A | B> {
        this.#promise ??= this.work();
        return this.#promise.then(onFulfilled, onRejected);
      }
    }
    const lazy = service.give(
      new Lazy(() => {
        started += 1;
        return Promise.resolve('rows');
      }),
    );
    await new Promise(setImmediate);
    expect(started).toBe(0);
    expect(await lazy).toBe('rows');
    expect(started).toBe(1);
    expect(types.isPromise(lazy)).toBe(true);
  });
});
