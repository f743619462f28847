import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type SpanContext,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';

const EXPORT_INTERVAL_MS = 250;

/** The tracer provider of the stand-in; parent-based, so that an unsampled parent is respected. */
export class ServerTracing {
  private readonly propagator = new W3CTraceContextPropagator();
  private readonly provider: BasicTracerProvider;

  constructor(exporter: SpanExporter) {
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'inference' }),
      spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: EXPORT_INTERVAL_MS })],
    });
  }

  /** A tracer under the instrumentation scope of the server that is stood in for. */
  tracer(scope: string): Tracer {
    return this.provider.getTracer(scope);
  }

  /** The context that a request carries in `traceparent` and `tracestate`. */
  extract(headers: NodeJS.Dict<string | string[]>): Context {
    return this.propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  }

  /** The span context that a request carries; `undefined` where it carries none or an invalid one. */
  carried(headers: NodeJS.Dict<string | string[]>): SpanContext | undefined {
    return trace.getSpanContext(this.extract(headers));
  }

  /** Exports what has ended. */
  async flush(): Promise<void> {
    await this.provider.forceFlush();
  }

  /** Exports what has ended, then stops. */
  async shutdown(): Promise<void> {
    await this.provider.shutdown();
  }
}
