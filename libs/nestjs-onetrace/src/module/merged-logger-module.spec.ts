import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, type DynamicModule, Get, type INestApplication, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { InjectPinoLogger, LoggerModule, type Params, PinoLogger } from 'nestjs-pino';
import { resetRootLogger } from '../../../../node_modules/nestjs-pino/dist/esm/rootLogger.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { ObservabilityModule } from './observability.module.js';

interface Line {
  readonly message: string;
  readonly level: string;
  readonly trace_id?: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

let spans: SpanCollector;
let ours: Line[];
let theirs: Line[];
let app: INestApplication | undefined;
const into = (lines: () => Line[]) => ({ write: (text: string) => void lines().push(JSON.parse(text) as Line) });

beforeEach(() => {
  // It keeps what the first application of the process gave it.
  resetRootLogger();
  spans = collectSpans();
  ours = [];
  theirs = [];
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await spans.stop();
});

@Controller('basket')
class Basket {
  private readonly nest = new Logger('Basket');

  constructor(
    private readonly pino: PinoLogger,
    @InjectPinoLogger('Injected') private readonly injected: PinoLogger,
  ) {}

  @Get()
  open(): string {
    this.pino.assign({ basket: 'b-1' });
    this.pino.debug({ card: '4111' }, 'by PinoLogger');
    this.injected.info('by InjectPinoLogger');
    this.nest.log('by Nest');
    return 'open';
  }
}

async function ask(imports: DynamicModule[], adapter: 'Express' | 'Fastify' = 'Express'): Promise<void> {
  class App {}
  Module({ imports, controllers: [Basket] })(App);
  const platform = adapter === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
  app = await NestFactory.create(App, platform as ExpressAdapter, { bufferLogs: true });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  await (await fetch(`http://127.0.0.1:${port}/basket`, { headers: { connection: 'close' } })).text();
}

const observability = (level: 'debug' | 'info' = 'info'): DynamicModule =>
  ObservabilityModule.forRoot({
    component: 'gateway',
    export: 'none',
    logging: { level, destination: into(() => ours) },
  });
const said = (lines: readonly Line[]): string[] =>
  lines.map(({ message }) => message).filter((message) => message.startsWith('by '));

describe.each(['Express', 'Fastify'] as const)("on %s an application's own LoggerModule", (adapter) => {
  it.each(['before', 'after'])('%s ours leaves level and destination to us unless it names them', async (place) => {
    const own = LoggerModule.forRoot({ pinoHttp: { autoLogging: false, redact: ['card'] } });
    await ask(place === 'before' ? [own, observability('debug')] : [observability('debug'), own], adapter);
    expect(said(ours)).toEqual(['by PinoLogger', 'by InjectPinoLogger', 'by Nest']);
    expect(ours.find(({ message }) => message === 'by PinoLogger')).toMatchObject({
      level: 'DEBUG',
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      extra: { basket: 'b-1', card: '[Redacted]' },
    });
    expect(ours.map(({ message }) => message)).toContain('request completed');
  });

  it('keeps what it names: level, destination, serializers, customProps and request lines', async () => {
    const own: Params = {
      pinoHttp: [
        { level: 'info', serializers: { res: () => 'mine' }, customProps: () => ({ team: 'checkout' }) },
        into(() => theirs),
      ],
    };
    await ask([observability('debug'), LoggerModule.forRoot(own)], adapter);
    expect(said(theirs)).toEqual(['by InjectPinoLogger', 'by Nest']);
    expect(said(ours)).toEqual([]);
    expect(theirs.find(({ message }) => message === 'by Nest')?.extra).toMatchObject({
      basket: 'b-1',
      context: 'Basket',
    });
    const completed = theirs.filter(({ message }) => message === 'request completed');
    expect(completed).toMatchObject([{ extra: { res: 'mine', team: 'checkout' } }]);
    expect(ours.filter(({ message }) => message === 'request completed')).toHaveLength(1);
  });
});

it('writes no request ID of pino-http into lines that carry the trace ID', async () => {
  await ask([observability('debug')]);
  expect(said(ours)).toEqual(['by PinoLogger', 'by InjectPinoLogger', 'by Nest']);
  expect(ours.find(({ message }) => message === 'by PinoLogger')?.extra).toEqual({ basket: 'b-1', card: '4111' });
  expect(ours.find(({ message }) => message === 'by InjectPinoLogger')?.extra).toEqual({
    basket: 'b-1',
    context: 'Injected',
  });
});
