/**
 * A whole application on Express or Fastify (first argument) in a process of its own, for a hostile client. Tells its port, and on each message
 * what it counted. Runs the built package.
 */
import type { IncomingMessage, Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, Get, type INestApplication, Module, Param, Post, Sse, StreamableFile } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SpanKind } from '@opentelemetry/api';
import { ObservabilityModule } from 'nestjs-onetrace';
import { collectSpans } from 'nestjs-onetrace/testing';
import { Readable } from 'node:stream';
import { interval, map, type Observable, take } from 'rxjs';
import type { Counts } from './hostile.counts.ts';

let rejections = 0;
let exceptions = 0;
const faults: string[] = [];
const note = (error: unknown): void =>
  void faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
process.on('unhandledRejection', (error) => {
  rejections += 1;
  note(error);
});
process.on('uncaughtException', (error) => {
  exceptions += 1;
  note(error);
});

class Things {
  one(id: string): object {
    return { id };
  }
  async create(body: unknown): Promise<unknown> {
    await delay(1);
    return body;
  }
  broken(): never {
    throw new Error('broken');
  }
  async slow(): Promise<string> {
    await delay(5);
    return 'slow';
  }
  stream(): StreamableFile {
    return new StreamableFile(Readable.from(['a', 'b', 'c']));
  }
  events(): Observable<{ data: string }> {
    return interval(2).pipe(
      take(3),
      map((count) => ({ data: String(count) })),
    );
  }
}
// Decorators by hand: Node runs this file as it is, without a compiler.
const route = (name: keyof Things, ...decorators: MethodDecorator[]): void => {
  const descriptor = Object.getOwnPropertyDescriptor(Things.prototype, name) as TypedPropertyDescriptor<unknown>;
  for (const decorate of decorators) decorate(Things.prototype, name, descriptor);
};
Controller()(Things);
route('one', Get('things/:id'));
Param('id')(Things.prototype, 'one', 0);
route('create', Post('things'));
Body()(Things.prototype, 'create', 0);
route('broken', Get('broken'));
route('slow', Get('slow'));
route('stream', Get('stream'));
route('events', Sse('events'));

const lines = new Map<string, number>();
class App {}
Module({
  imports: [
    ObservabilityModule.forRoot({
      component: 'gateway',
      privacy: { hashKey: 'a key of sixteen or more' },
      logging: {
        destination: {
          write: (text: string) => {
            const { message } = JSON.parse(text) as { message: string };
            lines.set(message, (lines.get(message) ?? 0) + 1);
          },
        },
      },
    }),
  ],
  controllers: [Things],
})(App);

const spans = collectSpans();
const app: INestApplication = await NestFactory.create(
  App,
  (process.argv[2] === 'Fastify' ? new FastifyAdapter() : new ExpressAdapter()) as ExpressAdapter,
  { bufferLogs: true },
);
app.enableCors();
await app.listen(0, '127.0.0.1');

let reached = 0;
(app.getHttpServer() as Server).on('request', (request: IncomingMessage) => {
  if (request.url !== '/health' && request.url !== '/metrics') reached += 1;
});

let serverSpans = 0;
let otherSpans = 0;
function countSpans(): void {
  for (const span of spans.spans()) {
    // What a believed edge did has a SERVER span of its own, and random headers now and then make one.
    if (span.kind === SpanKind.SERVER && !span.name.startsWith('edge ')) serverSpans += 1;
    else otherSpans += 1;
  }
  spans.reset();
}
// The collector would grow with every span.
const counting = setInterval(countSpans, 50);

async function count(): Promise<Counts> {
  const metrics = await (await fetch(`${await app.getUrl()}/metrics`)).text();
  const totals = [...metrics.matchAll(/^http_requests_total\{.*\} (\d+)$/gm)].map(([, value]) => Number(value));
  for (let round = 0; round < 4; round += 1) {
    (globalThis as { gc?: () => void }).gc?.();
    await delay(5);
  }
  countSpans();
  return {
    reached,
    started: lines.get('request started') ?? 0,
    ended: (lines.get('request completed') ?? 0) + (lines.get('request aborted') ?? 0),
    serverSpans,
    otherSpans,
    counted: totals.reduce((sum, value) => sum + value, 0),
    rejections,
    exceptions,
    faults: faults.slice(0, 5),
    heapBytes: process.memoryUsage().heapUsed,
  };
}

process.on('message', (message) => {
  if (message === 'stop') {
    clearInterval(counting);
    void app.close().then(() => process.disconnect());
    return;
  }
  void count().then((counts) => process.send?.({ counts }));
});
// A test that was ended itself cannot stop it.
process.on('disconnect', () => process.exit());
process.send?.({ port: Number(new URL(await app.getUrl()).port) });
