import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { type Attributes, type Link, SpanKind, trace } from '@opentelemetry/api';
import { spansOfEachTest } from '../testing/spans-of-each-test.fixture.js';
import { tracingFailures } from './safely.js';
import { Trace } from './trace.decorator.js';
import { onlySpan } from '../testing/only-span.fixture.js';

const spans = spansOfEachTest();

const link: Link = {
  context: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 },
};
const only = () => onlySpan(spans);

class Orders {
  @Trace({ kind: SpanKind.PRODUCER, attributes: { 'operation.type': 'create', 'method.name': 'mine' }, links: [link] })
  place(): void {}

  @Trace({ operationName: 'older.name', spanKind: SpanKind.CONSUMER })
  older(): void {}

  @Trace({ root: true })
  apart(): void {}

  @Trace({
    attributes: (id: string, amount: number) => ({ 'order.id': id, 'order.amount': amount }),
    resultAttributes: (receipt: { total: number }, id: string) => ({
      'receipt.total': receipt.total,
      'receipt.of': id,
    }),
  })
  async charge(id: string, amount: number): Promise<{ total: number }> {
    return { total: id === '' ? 0 : amount * 2 };
  }

  @Trace({
    attributes: () => {
      throw new Error('bug in attributes');
    },
    resultAttributes: () => {
      throw new Error('bug in resultAttributes');
    },
  })
  buggy(): string {
    return 'unharmed';
  }

  @Trace({ attributes: (() => Promise.reject(new Error('asynchronous'))) as unknown as () => Attributes })
  asynchronous(): string {
    return 'unharmed';
  }

  @Trace({ recordArguments: true, recordResult: true })
  login(user: string, password: string, options: object, fourth: string): object {
    return { user, token: password + fourth, options };
  }

  @Trace()
  quiet(secret: string): string {
    return `result of ${secret}`;
  }

  @Trace({ resultAttributes: (value: unknown) => ({ given: value === null }) })
  nothing(): null {
    return null;
  }
}
const orders = new Orders();

describe('the options of @Trace', () => {
  it('name the span and describe it; what the user gives wins', () => {
    orders.place();
    expect(only()).toMatchObject({
      name: 'Orders.place',
      kind: SpanKind.PRODUCER,
      attributes: {
        'method.class': 'Orders',
        'method.name': 'mine',
        'operation.type': 'create',
        'method.args_count': 0,
      },
      links: [link],
    });
  });

  it('have the older names as aliases', () => {
    orders.older();
    expect(only()).toMatchObject({ name: 'older.name', kind: SpanKind.CONSUMER });
  });

  it('start a new trace with root', () => {
    trace.getTracer('test').startActiveSpan('around', (span) => {
      orders.apart();
      span.end();
    });
    const [apart, around] = spans.spans();
    expect(apart?.parentSpanContext).toBeUndefined();
    expect(apart?.spanContext().traceId).not.toBe(around?.spanContext().traceId);
  });

  it('make attributes of arguments and result', async () => {
    await orders.charge('o-1', 20);
    expect(only()?.attributes).toMatchObject({
      'order.id': 'o-1',
      'order.amount': 20,
      'receipt.total': 40,
      'receipt.of': 'o-1',
    });
  });

  it('make attributes of null, too', () => {
    orders.nothing();
    expect(only()?.attributes).toMatchObject({ given: true, 'method.result_type': 'null' });
  });

  it('do no harm where their functions throw: it is counted and swallowed', () => {
    const before = tracingFailures();
    expect(orders.buggy()).toBe('unharmed');
    expect(only()?.attributes).toMatchObject({ 'method.success': true });
    expect(tracingFailures()).toBe(before + 2);
  });

  it('do no harm where a function of theirs is asynchronous: its rejection ends nothing', async () => {
    const before = tracingFailures();
    expect(orders.asynchronous()).toBe('unharmed');
    await new Promise(setImmediate);
    expect(tracingFailures()).toBe(before + 1);
    only();
  });

  it('record the first three arguments and the result when asked to, secrets redacted', () => {
    orders.login('ada', 'secret', { apiKey: 'k', keep: true }, 'fourth');
    expect(only()?.attributes).toMatchObject({
      'method.args_count': 4,
      'method.arguments': ['"ada"', '[redacted]', '{"apiKey":"[redacted]","keep":true}'],
      'method.result': '{"user":"ada","token":"[redacted]","options":{"apiKey":"[redacted]","keep":true}}',
    });
  });

  it('record neither unless asked to', () => {
    orders.quiet('secret');
    expect(Object.keys(only()?.attributes ?? {}).sort()).toEqual([
      'method.args_count',
      'method.class',
      'method.name',
      'method.result_type',
      'method.success',
    ]);
  });
});

describe('a traced method beside a tracer that fails', () => {
  it('runs without a span', () => {
    const original = trace.getTracer.bind(trace);
    trace.getTracer = () => {
      throw new Error('broken provider');
    };
    try {
      expect(orders.quiet('a')).toBe('result of a');
    } finally {
      trace.getTracer = original;
    }
    expect(spans.spans()).toHaveLength(0);
  });
});
