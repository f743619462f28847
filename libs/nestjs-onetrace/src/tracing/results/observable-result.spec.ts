import 'reflect-metadata';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BehaviorSubject,
  connectable,
  defer,
  EMPTY,
  firstValueFrom,
  lastValueFrom,
  map,
  NEVER,
  Observable,
  of,
  range,
  retry,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { spansOfEachTest } from '../../testing/spans-of-each-test.fixture.js';
import { Trace } from '../trace.decorator.js';
import { onlySpan } from '../../testing/only-span.fixture.js';

const spans = spansOfEachTest();

class Service {
  @Trace('stream')
  give<T>(value: T): T {
    return value;
  }
  @Trace('caller')
  async call<T>(work: () => Promise<T> | T): Promise<T> {
    return work();
  }
}
const service = new Service();
const activeSpanId = () => trace.getActiveSpan()?.spanContext().spanId;
const ids = () => spans.spans().map((span) => span.spanContext().spanId);
const only = () => onlySpan(spans);

describe('an Observable from a traced method', () => {
  it('does nothing before it is subscribed, and has a span for each subscription', async () => {
    const inside: (string | undefined)[] = [];
    const given = service.give(
      defer(() => {
        inside.push(activeSpanId());
        return of(1, 2);
      }),
    );
    expect(inside).toEqual([]);
    expect(await lastValueFrom(given.pipe(toArray()))).toEqual([1, 2]);
    expect(await lastValueFrom(given.pipe(toArray()))).toEqual([1, 2]);
    expect(ids()).toEqual(inside);
    expect(new Set(inside).size).toBe(2);
    expect(spans.spans()[0]?.attributes).toMatchObject({
      'method.success': true,
      'method.result_type': 'Observable',
    });
  });

  it('that is never subscribed ends its span with the return of the method', async () => {
    service.give(NEVER);
    await nextTurn();
    expect(only()?.attributes).toMatchObject({ 'method.result_type': 'Observable' });
  });

  it('that is subscribed in a later turn is measured by a span of its own', async () => {
    const given = service.give(of(1));
    await nextTurn();
    await lastValueFrom(given);
    expect(spans.spans()).toHaveLength(2);
  });

  it('fails with the very error', async () => {
    const reason = Object.freeze({ code: 'E_STREAM' });
    await expect(lastValueFrom(service.give(throwError(() => reason)))).rejects.toBe(reason);
    expect(only()).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'method.success': false } });
  });

  it('ends its span when it is unsubscribed, and unsubscribes from its source', () => {
    let closed = 0;
    const subscription = service.give(new Observable(() => () => (closed += 1))).subscribe();
    expect(spans.spans()).toHaveLength(0);
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect(closed).toBe(1);
    expect(only()?.status.code).toBe(SpanStatusCode.UNSET);
    expect(only()?.attributes).not.toHaveProperty(['method.success']);
  });

  it('lets a consumer that has had enough stop a source that never pauses', async () => {
    expect(await firstValueFrom(service.give(range(0, Number.POSITIVE_INFINITY)).pipe(take(1)))).toBe(0);
    only();
  });

  it('makes siblings of the subscriptions of a retry', async () => {
    let attempt = 0;
    const flaky = defer(() => {
      attempt += 1;
      return attempt < 3 ? throwError(() => new Error('again')) : of('done');
    });
    await service.call(() => lastValueFrom(service.give(flaky).pipe(retry(2))));
    const streams = spans.spans().filter((span) => span.name === 'stream');
    const caller = spans.spans().find((span) => span.name === 'caller');
    expect(streams.map((span) => span.status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
    ]);
    expect(streams.map((span) => span.parentSpanContext?.spanId)).toEqual(
      streams.map(() => caller?.spanContext().spanId),
    );
  });

  it('leaves the consumer in its own context', async () => {
    const [before, seen] = await service.call(async () => [
      activeSpanId(),
      await lastValueFrom(service.give(of(1)).pipe(map(() => activeSpanId()))),
    ]);
    expect(seen).toBe(before);
  });

  it('of another copy of RxJS stays of that copy', async () => {
    const { Foreign } = foreignRxjs();
    const given = service.give(new Foreign());
    expect(Object.getPrototypeOf(given)).toBe(Foreign.prototype);
    await nextTurn();
    only();
  });

  it('that a pipe made of a Subject is measured like any other', () => {
    const subject = new Subject<number>();
    const seen: number[] = [];
    const subscription = service.give(subject.pipe(map((value) => value * 2))).subscribe((value) => seen.push(value));
    subject.next(1);
    expect(seen).toEqual([2]);
    subscription.unsubscribe();
    only();
  });

  it('that completes without a value ends its span', async () => {
    await lastValueFrom(service.give(EMPTY), { defaultValue: undefined });
    only();
  });
});

/** The least another copy of RxJS is known by: a base class with `lift` and `subscribe`. */
function foreignRxjs() {
  class Foreign {
    lift(): Foreign {
      return this;
    }
    subscribe(): void {}
  }
  return { Foreign };
}

describe('what is more than what it emits arrives as the very object', () => {
  class Feed extends Observable<number> {
    readonly topic = 'feed';
  }
  it.each<[string, () => Observable<unknown>]>([
    ['a Subject', () => new Subject()],
    ['a BehaviorSubject', () => new BehaviorSubject(1)],
    ['a connectable Observable', () => connectable(of(1))],
    ["a class of the user's own", () => new Feed()],
  ])('%s', (_what, make) => {
    const value = make();
    expect(service.give(value)).toBe(value);
    only();
  });

  it('and works on', () => {
    const subject = service.give(new Subject<number>());
    const seen: number[] = [];
    subject.subscribe((value) => seen.push(value));
    subject.next(1);
    subject.complete();
    expect(seen).toEqual([1]);
    only();
  });
});
