import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { ExternalContextCreator, NestFactory } from '@nestjs/core';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { of } from 'rxjs';
import { currentTraceId } from '../context/index.js';
import { ObservabilityModule } from '../module/observability.module.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { TracingService } from '../tracing/index.js';

@Injectable()
class Orders {
  place(id: unknown): object {
    return { id, trace: currentTraceId() };
  }
  watch(): unknown {
    return of('placed', 'paid');
  }
  fail(): never {
    throw new RangeError('no such order');
  }
}

@Module({
  imports: [ObservabilityModule.forRoot({ component: 'orders', logging: { level: 'silent' } })],
  providers: [Orders],
})
class Application {}

describe.each(['rpc', 'ws', 'graphql', 'something-new'])('a call that comes by %s', (type) => {
  let spans: SpanCollector;
  let app: INestApplicationContext;
  beforeAll(async () => {
    spans = collectSpans();
    app = await NestFactory.createApplicationContext(Application, { bufferLogs: true });
  });
  afterAll(async () => {
    await app.close();
    await spans.stop();
  });
  beforeEach(() => spans.reset());

  // What transports build their handlers with: Nest's own pipeline, with our interceptor among the global ones.
  const handler = (name: keyof Orders) => {
    const orders = app.get<Record<string, () => unknown>>(Orders);
    return app
      .get(ExternalContextCreator)
      .create(orders, orders[name] as () => unknown, name, undefined, undefined, undefined, undefined, undefined, type);
  };

  it('has a span with what is known, under the active one', async () => {
    const outer = await app.get(TracingService).startActiveSpan('outer', async (span) => {
      expect(await handler('place')(7)).toEqual({ id: 7, trace: span.spanContext().traceId });
      return span;
    });
    expect(spans.spans()[0]).toMatchObject({
      name: 'Orders.place',
      kind: SpanKind.INTERNAL,
      attributes: { 'onetrace.transport': type },
      parentSpanContext: { spanId: outer.spanContext().spanId },
    });
  });

  it('is the root of its own trace where nothing is active', async () => {
    const { trace } = (await handler('place')(7)) as { trace: string };
    expect(spans.spans()[0]?.spanContext().traceId).toBe(trace);
    expect(spans.spans()[0]?.parentSpanContext).toBeUndefined();
  });

  it('gets its values and its error unchanged', async () => {
    expect(await handler('watch')()).toBe('paid');
    await expect(handler('fail')()).rejects.toEqual(new RangeError('no such order'));
    expect(spans.spans().map((span) => span.status)).toEqual([
      { code: SpanStatusCode.UNSET },
      { code: SpanStatusCode.ERROR, message: 'no such order' },
    ]);
  });
});
