import 'reflect-metadata';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { spansOfEachTest } from '../../testing/spans-of-each-test.fixture.js';
import { Trace } from '../trace.decorator.js';
import { onlySpan } from '../../testing/only-span.fixture.js';

const spans = spansOfEachTest();

class Service {
  @Trace({ recordResult: true })
  give<T>(value: T): T {
    return value;
  }
  @Trace('caller')
  async call<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
}
const service = new Service();
const activeSpanId = () => trace.getActiveSpan()?.spanContext().spanId;
const only = () => onlySpan(spans);

/** As knex does: the query runs at each call of `then`; methods change the builder and give it back. */
class QueryBuilder {
  runs = 0;
  activeInRun: string | undefined;
  readonly #conditions: string[] = [];

  constructor(private readonly outcome: () => unknown = () => [...this.#conditions]) {}

  where(condition: string): this {
    this.#conditions.push(condition);
    return this;
  }

  then<A, B>(
    onFulfilled?: ((rows: unknown) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.runs += 1;
    this.activeInRun = activeSpanId();
    return Promise.resolve().then(this.outcome).then(onFulfilled, onRejected);
  }
}

/** As mongoose does: a query may run once. */
class OnceQuery extends QueryBuilder {
  override then: QueryBuilder['then'] = (...handlers) => {
    if (this.runs > 0) throw new Error('Query was already executed');
    return super.then(...handlers);
  };
}

describe('a lazy thenable from a traced method', () => {
  it('arrives as the very object, not started, and runs once inside the span when it is awaited', async () => {
    const query = new QueryBuilder();
    const given = service.give(query);
    expect(given).toBe(query);
    expect(query.runs).toBe(0);
    expect(await given).toEqual([]);
    expect(query.runs).toBe(1);
    expect(only()?.spanContext().spanId).toBe(query.activeInRun);
    expect(only()?.attributes).toMatchObject({ 'method.success': true, 'method.result': '[]' });
  });

  it('can still be built on, and runs again as often as it is awaited again', async () => {
    const query = service.give(new QueryBuilder());
    expect(await query.where('a').where('b')).toEqual(['a', 'b']);
    expect(await query).toEqual(['a', 'b']);
    expect(query.runs).toBe(2);
    only();
    expect(Reflect.ownKeys(query)).not.toContain('then');
  });

  it('that may run once runs once', async () => {
    const query = service.give(new OnceQuery());
    expect(await query).toEqual([]);
    expect(only()?.attributes).toMatchObject({ 'method.success': true });
    await expect((async () => await query)()).rejects.toThrow('already executed');
  });

  it('fails with the very reason, and the span with it', async () => {
    const reason = Object.freeze({ code: 'E_QUERY' });
    const query = service.give(
      new QueryBuilder(() => {
        throw reason;
      }),
    );
    await expect((async () => await query)()).rejects.toBe(reason);
    expect(only()).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': 'E_QUERY' } });
  });

  it('leaves a rejection unhandled that nobody handles: the chain that `then` gives rejects', async () => {
    const reason = new Error('no');
    const query = service.give(
      new QueryBuilder(() => {
        throw reason;
      }),
    );
    await expect(query.then((rows) => rows)).rejects.toBe(reason);
    only();
  });

  it('that nobody consumes ends its span with the return of the method', async () => {
    const query = service.give(new QueryBuilder());
    expect(spans.spans()).toHaveLength(0);
    await nextTurn();
    expect(query.runs).toBe(0);
    expect(only()?.attributes).toMatchObject({ 'method.success': true, 'method.result_type': 'Thenable' });
  });

  it('that is consumed in a later turn is measured by a span of its own', async () => {
    const query = service.give(new QueryBuilder());
    await nextTurn();
    spans.reset();
    await query;
    expect(only()?.spanContext().spanId).toBe(query.activeInRun);
  });

  it('leaves the consumer in its own context', async () => {
    const [before, after] = await service.call(async () => [
      activeSpanId(),
      await service.give(new QueryBuilder()).then(() => activeSpanId()),
    ]);
    expect(after).toBe(before);
  });

  it('that is kept and handed back is followed once, in bursts and one after the other', async () => {
    class Ready<T> extends Promise<T> {}
    const ready = Ready.resolve(7);
    const query = new QueryBuilder();
    for (let round = 0; round < 3; round += 1) {
      expect(await Promise.all([service.give(ready), service.give(ready)])).toEqual([7, 7]);
      await Promise.all([service.give(query), service.give(query)]);
      expect([...Reflect.ownKeys(ready), ...Reflect.ownKeys(query)]).not.toContain('then');
    }
    expect(spans.spans()).toHaveLength(12);
  });

  it('that hands itself back while it is built is not followed', async () => {
    @Trace()
    class TracedBuilder extends QueryBuilder {}
    const query = new TracedBuilder();
    for (let calls = 0; calls < 5000; calls += 1) query.where('a');
    expect(Reflect.ownKeys(query)).not.toContain('then');
    expect(spans.spans()).toHaveLength(5000);
    expect(await query).toHaveLength(5000);
  });

  it('with a `then` of its own gets it back', async () => {
    const own = { then: (resolve: (value: number) => void) => resolve(7) };
    const { then } = own;
    expect(await service.give(own)).toBe(7);
    expect(own.then).toBe(then);
    only();
  });

  it.each([
    ['frozen', <T>(value: T) => Object.freeze(value)],
    ['sealed', <T>(value: T) => Object.seal(value)],
  ])('that is %s stays as it is; its span ends with the return of the method', async (_what, close) => {
    const query = service.give(close({ then: (resolve: (value: number) => void) => resolve(7) }));
    await nextTurn();
    only();
    expect(await query).toBe(7);
  });
});

describe('what is no thenable', () => {
  it.each<[string, unknown]>([
    ['a response', new Response('body')],
    ['a web stream', new ReadableStream()],
    ['a map', new Map([[1, 2]])],
    ['a class instance', new Service()],
    ['an object whose then is no function', { then: 7 }],
    ['an object without prototype', Object.create(null)],
    [
      'an object whose then cannot be read',
      Object.defineProperty({}, 'then', {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
    [
      'a Proxy that answers nothing',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
          getPrototypeOf: () => {
            throw new Error('no');
          },
        },
      ),
    ],
  ])('is handed back as it is: %s', (_what, value) => {
    expect(Object.is(service.give(value), value)).toBe(true);
    expect(only()?.status.code).not.toBe(SpanStatusCode.ERROR);
  });
});
