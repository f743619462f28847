import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { trace } from '@opentelemetry/api';
import { Logger as NestjsPinoLogger, PinoLogger } from 'nestjs-pino';
import { componentLogger, tapLines } from '../logging/index.js';
import type { CollectedLine } from '../testing/index.js';
import { ObservabilityModule } from './observability.module.js';
import { PLATFORMS } from '../http/platforms.fixture.js';

/** Made before any request: what it runs belongs to whoever emits. */
const emitter = new EventEmitter();

@Controller()
class Places {
  private readonly nest = new Logger('Places');

  constructor(private readonly pino: PinoLogger) {
    emitter.on('asked', (place: string) => this.say(place));
  }

  private say(place: string): void {
    this.pino.info(place);
    this.nest.log(place);
    componentLogger().info(place);
  }

  @Get('places')
  async places(): Promise<string> {
    this.say('handler');
    await Promise.resolve();
    this.say('after await');
    await new Promise<void>((resolve) => setTimeout(() => resolve(this.say('timer')), 1));
    await new Promise<void>((resolve) => setImmediate(() => resolve(this.say('immediate'))));
    await new Promise<void>((resolve) => process.nextTick(() => resolve(this.say('next tick'))));
    await new Promise<void>((resolve) => queueMicrotask(() => resolve(this.say('microtask'))));
    emitter.emit('asked', 'event emitter');
    const through = new Transform({
      transform: (chunk, _encoding, done) => {
        this.say('stream');
        done(null, chunk);
      },
    });
    await pipeline(Readable.from(['x']), through, async (source) => {
      for await (const chunk of source) this.say(`sink of ${String(chunk)}`);
    });
    const worker = new Worker("require('node:worker_threads').parentPort.postMessage('hello')", { eval: true });
    worker.on('message', () => this.say('worker'));
    await once(worker, 'exit');
    await sleep(1);
    this.say('end');
    return trace.getActiveSpan()?.isRecording() === false ? 'not sampled' : 'sampled';
  }
}

const PLACES = [
  ...['handler', 'after await', 'timer', 'immediate', 'next tick', 'microtask', 'event emitter', 'stream', 'sink of x'],
  ...['worker', 'end'],
];

@Module({
  imports: [ObservabilityModule.forRoot({ component: 'gateway', sampling: { ratio: 0 } })],
  controllers: [Places],
})
class App {}

let lines: CollectedLine[];
let endTap: () => void;
let app: INestApplication | undefined;
beforeEach(() => {
  lines = [];
  endTap = tapLines((line) => {
    lines.push(JSON.parse(line) as CollectedLine);
    return false;
  });
});
afterEach(async () => {
  await app?.close();
  emitter.removeAllListeners();
  endTap();
});

it.each(PLATFORMS)(
  'every line of a request that is not sampled has its trace ID, wherever it is said (%s)',
  async (_name, adapter) => {
    app = await NestFactory.create(App, adapter(), { bufferLogs: true });
    app.useLogger(app.get(NestjsPinoLogger));
    await app.listen(0, '127.0.0.1');
    lines = [];
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/places`, { headers: { connection: 'close' } });
    expect(await response.text()).toBe('not sampled');
    while (!lines.some(({ message }) => message === 'request completed')) await sleep(1);
    const trace_id = response.headers.get('x-trace-id');
    for (const place of PLACES) {
      const said = lines.filter((line) => line.message === place);
      expect(said.map((line) => [line.message, line.trace_id])).toEqual(Array(3).fill([place, trace_id]));
    }
    expect(lines).toHaveLength(3 * PLACES.length + 2);
    expect(lines.every((line) => line.trace_id === trace_id && line.span_id !== undefined)).toBe(true);
  },
);
