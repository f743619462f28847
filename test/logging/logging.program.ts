/**
 * Writes lines as the scenario named in the first argument says, in a process of its own with a real pipe as stdout:
 * what comes out of it, and when and how it ends, is what the specs look at. Runs the built package. What it has to say
 * about itself goes to standard error, one JSON object a line.
 */
import { Logger, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { componentLogger, ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-onetrace';
import { createConnector } from 'nestjs-onetrace/connector';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { isMainThread, Worker } from 'node:worker_threads';
import { pino } from 'pino';

const tell = (facts: object): void => void process.stderr.write(`${JSON.stringify(facts)}\n`);
const log = componentLogger();
const blob = 'x'.repeat(1000);

function app(
  logging: ObservabilityModuleOptions['logging'] = {},
  provider: object = { provide: 'one', useValue: 1 },
): Type {
  class App {}
  Module({
    imports: [ObservabilityModule.forRoot({ component: 'gateway', export: 'none', logging })],
    providers: [provider as never],
  })(App);
  return App;
}

/** Writes so many lines of a kilobyte; tells how long the slowest of them took. */
function writeMany(lines: number): void {
  let slowest = 0;
  for (let line = 0; line < lines; line += 1) {
    const began = performance.now();
    log.info('a line', { extra: { line, blob } });
    slowest = Math.max(slowest, performance.now() - began);
  }
  tell({ written: lines, slowest: Math.round(slowest) });
}

/** Serves `/metrics`; gives what they say about dropped lines, by reason. */
async function serve(): Promise<() => Promise<Record<string, number>>> {
  const running = await NestFactory.create(app(), { bufferLogs: true });
  await running.listen(0, '127.0.0.1');
  const { port } = (running.getHttpServer() as Server).address() as AddressInfo;
  return async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const found = text.matchAll(/^onetrace_log_lines_dropped_total\{reason="(\w+)"\} (\d+)$/gm);
    return Object.fromEntries([...found].map(([, reason = '', lines]) => [reason, Number(lines)] as const));
  };
}

/** Two calls of a model that nobody waits for, and a line between them. */
function callTwice(): void {
  const llm = createConnector({ name: 'llm', protocol: 'openai', baseUrl: 'http://127.0.0.1:9' });
  const call = (model: string): void => void llm.chatCompletions({ model, messages: [] }).catch(() => undefined);
  call('first');
  log.info('between');
  call('second');
}

const context = (type: Type, options: object = { bufferLogs: true }) =>
  NestFactory.createApplicationContext(type, options);
const failing = { provide: 'broken', useFactory: () => Promise.reject(new Error('no database')) };

const scenarios: Record<string, () => Promise<unknown>> = {
  /** Ends because there is nothing more to do. */
  async end() {
    await context(app());
    writeMany(2000);
  },
  async exit() {
    await context(app());
    writeMany(2000);
    process.exit(3);
  },
  async uncaught() {
    await context(app());
    writeMany(2000);
    setImmediate(() => {
      throw new TypeError('the disk is gone');
    });
  },
  /** Calls a model, whose lines may wait for the end of the turn, says something in between, and ends in the same turn. */
  async waitingExit() {
    await context(app());
    callTwice();
    process.exit(3);
  },
  async waitingUncaught() {
    await context(app());
    setImmediate(() => {
      callTwice();
      throw new TypeError('the disk is gone');
    });
  },
  async rejection() {
    await context(app());
    void Promise.reject(new RangeError('nobody waits for this'));
  },
  async handled() {
    process.on('uncaughtException', (error) => tell({ handled: error.message }));
    await context(app());
    setImmediate(() => {
      throw new TypeError('somebody takes this');
    });
  },
  async warning() {
    await context(app());
    process.emitWarning('careful', { type: 'Caution', code: 'C1', detail: 'very' });
  },
  /** Closed by a signal, and killed by it at the end, as Nest does. */
  async signal() {
    const running = await context(app());
    running.enableShutdownHooks();
    process.once('SIGTERM', () => writeMany(2000));
    tell({ ready: true });
    setInterval(() => undefined, 1000);
  },
  /** The same, with a file that pino writes asynchronously. */
  async signalFile() {
    const file = pino.destination({ dest: process.env['LOG_FILE'] ?? '', sync: false });
    const running = await context(app({ destination: [{ stream: file }] }));
    running.enableShutdownHooks();
    process.once('SIGTERM', () => writeMany(2000));
    tell({ ready: true });
    setInterval(() => undefined, 1000);
  },
  /** Writes more than anything holds, and goes on when it is told to. */
  async flood() {
    const metrics = await serve();
    writeMany(10_000);
    process.once('message', () => {
      log.info('after the flood');
      void metrics().then((dropped) => {
        tell({ dropped });
        process.exit();
      });
    });
  },
  /** Writes more than the pipe holds, and ends. */
  async stuck() {
    await context(app());
    writeMany(500);
  },
  /** A line every few milliseconds, until it is told to end. */
  async trickle() {
    const metrics = await serve();
    const timer = setInterval(() => log.info('drop'), 2);
    tell({ ready: true });
    const looking = setInterval(() => {
      void metrics().then((dropped) => Object.keys(dropped).length > 0 && tell({ dropped }));
    }, 50);
    process.once('message', () => {
      clearInterval(looking);
      clearInterval(timer);
      process.exit();
    });
  },
  /** Dies while Nest still holds its lines back. */
  async uncaughtWhileBuffered() {
    const starting = NestFactory.create(app(), { bufferLogs: true });
    Logger.log('held back');
    setImmediate(() => {
      throw new TypeError('the disk is gone');
    });
    await starting;
  },
  async failedStart() {
    await context(app({}, failing), {});
  },
  async failedStartBuffered() {
    await context(app({}, failing));
  },
  /** Emits what is no warning, as anybody may. */
  async oddWarnings() {
    await context(app());
    for (const odd of [undefined, 'a text', { message: 'no error' }]) process.emit('warning', odd as never);
    log.info('still here');
  },
  /** Dies while Nest holds lines back for a logger that fails. */
  async uncaughtBesideBrokenLogger() {
    await context(app());
    const broken = (): never => {
      throw new Error('the logger is broken');
    };
    Logger.overrideLogger({ log: broken, error: broken, warn: broken });
    Logger.attachBuffer();
    Logger.log('held back');
    setImmediate(() => {
      throw new TypeError('the disk is gone');
    });
  },
  /** Threads that write to one pipe. */
  async threads() {
    await context(app());
    const threads = [1, 2, 3].map((who) => new Worker(new URL(import.meta.url), { argv: ['writer', who] }));
    await scenarios['writer']?.();
    await Promise.all(threads.map((thread) => once(thread, 'exit')));
  },
  /** Processes that write to one pipe. */
  async processes() {
    cluster.setupPrimary({ args: ['writer'] });
    const workers = [1, 2, 3].map(() => cluster.fork());
    await Promise.all(workers.map((worker) => once(worker, 'exit')));
  },
  /** One of those that write to one pipe, lines of different lengths. */
  async writer() {
    await context(app());
    const who = `${process.pid}-${process.argv[3] ?? 'main'}`;
    for (let line = 0; line < 300; line += 1)
      log.info('a line', { extra: { who, line, blob: 'x'.repeat((line * 97) % 3000) } });
  },
  async nest() {
    const running = await NestFactory.createApplicationContext(app());
    new Logger('Cart').warn('nearly full', { items: 99 });
    await running.close();
  },
  async console() {
    const running = await context(app({ captureConsole: true }));
    console.log('%s has %d items', 'cart', 3);
    console.error(new Error('odd'));
    console.table([{ a: 1 }]);
    console.info({ password: 'hunter2', colour: 'red' });
    await running.close();
    console.log('text again');
  },
};

process.once('exit', (code) => tell({ exit: code }));
await scenarios[process.argv[2] ?? '']?.();
// In a thread there is no channel.
if (isMainThread && !['flood', 'trickle'].includes(process.argv[2] ?? '')) process.disconnect?.();
