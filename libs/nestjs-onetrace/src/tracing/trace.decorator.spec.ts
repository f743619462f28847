import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { SetMetadata } from '@nestjs/common';
import { SpanKind, trace } from '@opentelemetry/api';
import { lastValueFrom, Observable, of } from 'rxjs';
import { spansOfEachTest } from '../testing/spans-of-each-test.fixture.js';
import { Trace } from './trace.decorator.js';
import { onlySpan } from '../testing/only-span.fixture.js';

const spans = spansOfEachTest();

const frozen = Object.freeze({ code: 'E_FROZEN' });

class Sample {
  readonly #secret = 42;

  @Trace('named')
  sync(a: number, b = 0): number {
    return a + b + this.#secret;
  }

  @SetMetadata('roles', ['admin'])
  @Trace({
    operationName: 's3.name',
    spanKind: SpanKind.CONSUMER,
    attributes: { 'operation.type': 'create' },
    recordResult: true,
  })
  @SetMetadata('below', true)
  async later(): Promise<string> {
    await Promise.resolve();
    return trace.getActiveSpan()?.spanContext().spanId ?? 'none';
  }

  @Trace()
  throwing(value: unknown): never {
    throw value;
  }

  @Trace()
  stream(): Observable<number> {
    return of(1, 2);
  }

  @Trace()
  lazy(): { then: () => void; started: boolean } {
    return {
      started: false,
      then() {
        this.started = true;
      },
    };
  }
}

@Trace()
class Whole {
  one(): number {
    return 1;
  }
  @Trace('own')
  two(): number {
    return 2;
  }
}

describe('@Trace', () => {
  const sample = new Sample();
  const only = () => onlySpan(spans);

  it('keeps a synchronous method synchronous, with its this, name and length', () => {
    expect(sample.sync(1)).toBe(43);
    expect([sample.sync.name, sample.sync.length]).toEqual(['sync', 1]);
    expect(only()).toMatchObject({
      name: 'named',
      attributes: { 'method.class': 'Sample', 'method.args_count': 1, 'method.result_type': 'number' },
    });
  });

  it('spans a Promise until it settles, active inside, by the older option names too', async () => {
    const inside = await sample.later();
    expect(only()?.spanContext().spanId).toBe(inside);
    expect(only()).toMatchObject({
      name: 's3.name',
      kind: SpanKind.CONSUMER,
      attributes: { 'operation.type': 'create', 'method.result': `"${inside}"` },
    });
  });

  it('keeps metadata of decorators above and below', () => {
    const method = Object.getOwnPropertyDescriptor(Sample.prototype, 'later')?.value as object;
    expect(Reflect.getMetadata('roles', method)).toEqual(['admin']);
    expect(Reflect.getMetadata('below', method)).toBe(true);
  });

  it.each([[undefined], [null], ['text'], [frozen], [new TypeError('bad')]])(
    'passes on what is thrown: %p',
    (value) => {
      let caught: unknown = 'nothing';
      try {
        sample.throwing(value);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(value);
      expect(only()).toMatchObject({ status: { code: 2 }, attributes: { 'method.success': false } });
    },
  );

  it('measures each subscription of an Observable', async () => {
    const stream = sample.stream();
    expect(spans.spans()).toHaveLength(0);
    await lastValueFrom(stream);
    await lastValueFrom(stream);
    expect(spans.spans()).toHaveLength(2);
  });

  it('does not start a lazy thenable', () => expect(sample.lazy().started).toBe(false));

  it('runs a decorator between two that copies the properties of what it wraps', () => {
    let ran = 0;
    const guarded: MethodDecorator = (_target, _key, descriptor) => {
      const method = descriptor.value as () => unknown;
      const wrapper = function (this: unknown): unknown {
        ran += 1;
        return Reflect.apply(method, this, []);
      };
      Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(method));
      descriptor.value = wrapper as never;
    };
    class Guarded {
      @Trace('outer')
      @guarded
      @Trace('inner')
      pay(): number {
        return 1;
      }
    }
    expect(new Guarded().pay()).toBe(1);
    expect(ran).toBe(1);
    expect(spans.spans().map((span) => span.name)).toEqual(['inner', 'outer']);
  });

  it('covers a whole class, and no method twice', () => {
    const whole = new Whole();
    whole.one();
    whole.two();
    expect(spans.spans().map((span) => span.name)).toEqual(['Whole.one', 'own']);
  });
});
