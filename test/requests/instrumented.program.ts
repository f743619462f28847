/**
 * An application beside something else that starts SERVER spans, in a process of its own because that patches what it instruments:
 * instrumentation-http set up `first` or `last`, or a layer around the server's `emit` as Sentry puts it (`around`; `unsampled` without recording).
 * A second argument is sent as `traceparent`, a third one, `propagated`, registers a propagator for those instrumentations.
 * Prints the spans and lines of one request, and the trace ID that its caller got.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { context, propagation, type Span, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { currentTraceId, ObservabilityModule } from 'nestjs-onetrace';
import { collectSpans } from 'nestjs-onetrace/testing';

const [mode, traceparent, propagated] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const instrument = (): void => {
  new HttpInstrumentation();
  // What is instrumented is what is asked for after this.
  require('node:http');
};

const collector = collectSpans();
const lines: Record<string, unknown>[] = [];
if (propagated === 'propagated') propagation.setGlobalPropagator(new W3CTraceContextPropagator());
if (mode === 'first') instrument();

// Node.js strips types but knows no decorators.
class Things {
  one(): object {
    return { trace: currentTraceId() };
  }
}
Get(':id')(Things.prototype, 'one', Object.getOwnPropertyDescriptor(Things.prototype, 'one') as PropertyDescriptor);
Controller('things')(Things);

class Application {}
Module({
  imports: [
    ObservabilityModule.forRoot({
      component: 'gateway',
      logging: {
        destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
      },
    }),
  ],
  controllers: [Things],
})(Application);

const app = await NestFactory.create(Application, { bufferLogs: true });
await app.listen(0, '127.0.0.1');
if (mode === 'last') instrument();
if (mode === 'around' || mode === 'unsampled') layAround(app.getHttpServer() as Server);

// Over a bare socket: a client of this process would be instrumented too.
const socket = connect(Number(new URL(await app.getUrl()).port), '127.0.0.1');
socket.write(`GET /things/7 HTTP/1.0\r\n${traceparent ? `traceparent: ${traceparent}\r\n` : ''}\r\n`);
const answer = await text(socket);
await app.close();
process.stdout.write(
  `\n${JSON.stringify({
    answered: /x-trace-id: (\w+)/i.exec(answer)?.[1],
    inside: /"trace":"(\w+)"/.exec(answer)?.[1],
    lines: lines.filter((line) => String(line['message']).startsWith('request ')),
    spans: collector.spans().map(({ name, kind, attributes, instrumentationScope }) => ({
      name,
      kind,
      attributes,
      scope: instrumentationScope.name,
    })),
  })}\n`,
  () => process.exit(),
);

function layAround(server: Server): void {
  const tracer = trace.getTracer('around');
  const { emit } = server as unknown as { emit: (this: Server, event: string, ...args: unknown[]) => boolean };
  server.emit = function (this: Server, event: string, ...args: unknown[]): boolean {
    if (event !== 'request') return emit.call(this, event, ...args);
    const span: Span =
      mode === 'around'
        ? tracer.startSpan('GET', { kind: SpanKind.SERVER })
        : trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.NONE });
    void once(args[1] as NodeJS.EventEmitter, 'close').then(() => span.end());
    return context.with(trace.setSpan(context.active(), span), emit, this, event, ...args);
  };
}
