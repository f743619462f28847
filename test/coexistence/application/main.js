/**
 * An application with an OpenTelemetry SDK of its own, which is `preloaded`, started `before` forRoot, `between` forRoot and the start
 * of the application, or `after` that; or, `bare`, a provider alone, without a context manager. Prints what its own
 * pipeline got and everything that anybody warned of.
 */
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { currentTraceId, ObservabilityModule, Trace } from 'nestjs-onetrace';

const when = process.argv[2];
const warnings = [];
const warn = (...words) => warnings.push(words.map((word) => word?.message ?? String(word)).join(' '));
diag.setLogger({ error: warn, warn, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
process.on('warning', (warning) => warn(warning.name, warning.message));
process.on('unhandledRejection', (reason) => warn('unhandled', reason));

const exported = globalThis.preloaded?.exported ?? [];
const exporter = {
  export(spans, done) {
    exported.push(...spans);
    done({ code: 0 });
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};
const sdk = new NodeSDK({ serviceName: 'theirs', traceExporter: exporter, instrumentations: [] });
let stop = globalThis.preloaded?.stop ?? (() => sdk.shutdown());

async function bareProvider() {
  const { BasicTracerProvider, TracerProvider } = await import(process.env.SDK_TRACE);
  const processor = {
    onStart() {},
    onEnd: (span) => exported.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new (TracerProvider ?? BasicTracerProvider)({ spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  stop = () => provider.shutdown();
}

if (when === 'before') sdk.start();
if (when === 'bare') await bareProvider();

class Hello {
  async read() {
    await new Promise((resolve) => setImmediate(resolve));
    return this.step();
  }
  step() {
    return { trace: currentTraceId(), span: trace.getSpan(context.active())?.spanContext().spanId };
  }
}
const decorate = (decorator, name) => {
  const descriptor = Object.getOwnPropertyDescriptor(Hello.prototype, name);
  Object.defineProperty(Hello.prototype, name, decorator(Hello.prototype, name, descriptor) ?? descriptor);
};
decorate(Get(), 'read');
decorate(Trace('step'), 'step');
Controller('hello')(Hello);

class App {}
Module({
  imports: [ObservabilityModule.forRoot({ component: 'shop', logging: { level: 'warn' } })],
  controllers: [Hello],
})(App);

if (when === 'between') sdk.start();
const app = await NestFactory.create(App, { bufferLogs: true });
await app.listen(0, '127.0.0.1');
if (when === 'after') sdk.start();
// As nginx sends it: its own span ID in traceparent, and when it took the request.
const response = await fetch(`${await app.getUrl()}/hello`, {
  headers: {
    traceparent: `00-${process.env.TRACE_ID}-${process.env.EDGE_SPAN_ID}-01`,
    'x-edge-start': (Date.now() / 1000).toFixed(3),
  },
});
const body = await response.json();
await app.close();
await stop();
const spans = exported.map((span) => ({
  name: span.name,
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parent: span.parentSpanContext?.spanId,
  service: span.resource.attributes['service.name'],
}));
process.stdout.write(JSON.stringify({ header: response.headers.get('x-trace-id'), body, spans, warnings }) + '\n');
