import 'reflect-metadata';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { spansOfEachTest } from '../../testing/spans-of-each-test.fixture.js';
import { Trace } from '../trace.decorator.js';
import { onlySpan } from '../../testing/only-span.fixture.js';

const spans = spansOfEachTest();

const activeSpanId = () => trace.getActiveSpan()?.spanContext().spanId;
const only = () => onlySpan(spans);

class Service {
  closed = 0;
  readonly kept = (function* () {
    for (;;) yield 1;
  })();
  readonly inside: (string | undefined)[] = [];

  @Trace()
  again(): Generator<number> {
    return this.kept;
  }

  @Trace()
  *numbers(...values: unknown[]): Generator<unknown, string, string | undefined> {
    try {
      for (const value of values) {
        this.inside.push(activeSpanId());
        const sent = yield value;
        if (sent !== undefined) return `sent ${sent}`;
      }
      return 'end';
    } finally {
      this.closed += 1;
    }
  }

  @Trace()
  async *pages(...values: unknown[]): AsyncGenerator<unknown, string, unknown> {
    try {
      for (const value of values) {
        this.inside.push(activeSpanId());
        await Promise.resolve();
        this.inside.push(activeSpanId());
        yield value;
      }
      return 'end';
    } finally {
      this.closed += 1;
    }
  }

  @Trace()
  *failing(reason: unknown): Generator<number> {
    yield 1;
    throw reason;
  }

  @Trace()
  async *failingPages(reason: unknown): AsyncGenerator<number> {
    yield 1;
    throw reason;
  }

  @Trace()
  *delegating(): Generator<unknown, string> {
    return yield* this.numbers(1, 2);
  }

  @Trace()
  *recursive(): Generator<unknown> {
    const own: Generator<unknown> = this.current as Generator<unknown>;
    yield own.next();
  }
  current: unknown;
}

let service: Service;
beforeEach(() => {
  service = new Service();
});

describe('a generator from a traced method', () => {
  it('runs every step inside one span, which ends when it was read to its end', () => {
    const objects = [{}, {}];
    const generator = service.numbers(...objects);
    expect(spans.spans()).toHaveLength(0);
    const seen = [];
    for (const value of generator) {
      seen.push(value);
      expect(activeSpanId()).toBeUndefined();
    }
    expect(seen[0]).toBe(objects[0]);
    expect(seen[1]).toBe(objects[1]);
    const id = only()?.spanContext().spanId;
    expect(service.inside).toEqual([id, id]);
    expect(only()?.attributes).toMatchObject({ 'method.success': true, 'method.result_type': 'Generator' });
  });

  it('is the very generator: class, tag, and nothing enumerable more', () => {
    const generator = service.numbers(1);
    expect(Object.prototype.toString.call(generator)).toBe('[object Generator]');
    expect(generator[Symbol.iterator]()).toBe(generator);
    const { value: method } = Object.getOwnPropertyDescriptor(Service.prototype, 'numbers') as { value: () => object };
    expect(generator).toBeInstanceOf(method);
    expect(Object.keys(generator)).toEqual([]);
    generator.return('');
  });

  it('takes what is sent, and returns what it returns', () => {
    const generator = service.numbers(1, 2);
    expect(generator.next()).toEqual({ value: 1, done: false });
    expect(generator.next('x')).toEqual({ value: 'sent x', done: true });
    expect(generator.next()).toEqual({ value: undefined, done: true });
    only();
  });

  it('ends its span when its reader leaves early, and runs its finally', () => {
    for (const value of service.numbers(1, 2)) if (value === 1) break;
    expect(service.closed).toBe(1);
    expect(only()?.attributes).toMatchObject({ 'method.success': true });
  });

  it.each([[undefined], [null], [Object.freeze(new Error('frozen'))]])('throws the very reason: %p', (reason) => {
    const generator = service.failing(reason);
    generator.next();
    let caught: unknown = 'nothing';
    try {
      generator.next();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(reason);
    expect(only()).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'method.success': false } });
  });

  it('fails with what is thrown into it', () => {
    const generator = service.numbers(1);
    generator.next();
    const reason = new Error('into');
    expect(() => generator.throw(reason)).toThrow(reason);
    expect(only()?.status.code).toBe(SpanStatusCode.ERROR);
  });

  it('nests where it delegates', () => {
    expect([...service.delegating()]).toEqual([1, 2]);
    const [inner, outer] = spans.spans();
    expect([inner?.name, outer?.name]).toEqual(['Service.numbers', 'Service.delegating']);
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it('that asks itself while it runs gets its TypeError, and its span ends once', () => {
    const generator = service.recursive();
    service.current = generator;
    expect(() => generator.next()).toThrow(TypeError);
    expect(only()?.status.code).toBe(SpanStatusCode.ERROR);
  });

  it('that nobody reads ends its span with the return of the method', async () => {
    service.numbers(1);
    await nextTurn();
    expect(only()?.attributes).toMatchObject({ 'method.result_type': 'Generator' });
  });

  it('that is dropped half-way ends its span when it is collected', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const begin = () => void service.numbers(1, 2).next();
    begin();
    for (let turn = 0; turn < 50 && spans.spans().length === 0; turn += 1) {
      await nextTurn();
      collectGarbage();
    }
    expect(only()?.attributes).not.toHaveProperty(['method.success']);
  });
});

describe('an asynchronous generator from a traced method', () => {
  it('runs every step inside one span, also behind an await', async () => {
    const seen = [];
    for await (const page of service.pages('a', 'b')) {
      seen.push(page);
      expect(activeSpanId()).toBeUndefined();
    }
    expect(seen).toEqual(['a', 'b']);
    const id = only()?.spanContext().spanId;
    expect(service.inside).toEqual([id, id, id, id]);
    expect(only()?.attributes).toMatchObject({ 'method.success': true, 'method.result_type': 'AsyncGenerator' });
  });

  it('is the very generator', async () => {
    const generator = service.pages('a');
    expect(Object.prototype.toString.call(generator)).toBe('[object AsyncGenerator]');
    expect(generator[Symbol.asyncIterator]()).toBe(generator);
    await generator.return('');
    only();
  });

  it('queues steps that are asked for at once', async () => {
    const generator = service.pages('a', 'b');
    expect(await Promise.all([generator.next(), generator.next(), generator.next(), generator.next()])).toEqual([
      { value: 'a', done: false },
      { value: 'b', done: false },
      { value: 'end', done: true },
      { value: undefined, done: true },
    ]);
    only();
  });

  it('ends its span when its reader leaves early, and runs its finally', async () => {
    for await (const page of service.pages('a', 'b')) if (page === 'a') break;
    expect(service.closed).toBe(1);
    only();
  });

  it.each([[undefined], [Object.freeze(new Error('frozen'))]])('rejects with the very reason: %p', async (reason) => {
    const generator = service.failingPages(reason);
    await generator.next();
    await expect(generator.next()).rejects.toBe(reason);
    expect(only()).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'method.success': false } });
  });
});

describe('a generator that is kept and handed back', () => {
  it('is followed once', () => {
    const { kept } = service;
    const shadow = () => Object.getOwnPropertyDescriptor(kept, 'next')?.value as unknown;
    service.again();
    const first = shadow();
    for (let calls = 0; calls < 5000; calls += 1) expect(service.again().next().value).toBe(1);
    expect(first).toBeInstanceOf(Function);
    expect(shadow()).toBe(first);
  });
});
