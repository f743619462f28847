import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { resetRootLogger } from '../../../../node_modules/nestjs-pino/dist/esm/rootLogger.js';
import { ObservabilityModule } from './observability.module.js';

interface Line {
  readonly message: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

let lines: Line[];
let app: INestApplication | undefined;

beforeEach(() => {
  // It keeps what the first application of the process gave it.
  resetRootLogger();
  lines = [];
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});

@Controller()
class Basket {
  constructor(private readonly logger: PinoLogger) {}

  @Get('basket')
  open(): string {
    this.logger.assign({ basket: 'b-1' });
    this.logger.info({ card: 'blue' }, 'by PinoLogger');
    return 'open';
  }

  @Get('bound')
  bound(): string {
    this.logger.logger.setBindings({ shelf: 7 });
    this.logger.info('by bindings');
    return 'bound';
  }

  @Get('health')
  health(): string {
    this.logger.assign({ probe: 1 });
    this.logger.info('by probe');
    return 'well';
  }
}

async function start(adapter: ExpressAdapter | FastifyAdapter): Promise<INestApplication> {
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };
  @Module({
    imports: [ObservabilityModule.forRoot({ component: 'gateway', export: 'none', logging: { destination } })],
    controllers: [Basket],
  })
  class App {}
  app = await NestFactory.create(App, adapter as ExpressAdapter, { bufferLogs: true });
  return app;
}

async function get(path: string): Promise<Headers> {
  if (app?.getHttpServer() !== undefined && !(app.getHttpServer() as Server).listening)
    await app.listen(0, '127.0.0.1');
  const { port } = (app?.getHttpServer() as Server).address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
  await answer.text();
  return answer.headers;
}

const extraOf = (message: string): Line['extra'][] =>
  lines.filter((line) => line.message === message).map((line) => line.extra);

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
] as const)('on %s, without a LoggerModule of its own, a request', (_, adapter) => {
  it('has a logger that is given fields for this request alone', async () => {
    await start(adapter());
    await get('/basket');
    await get('/bound');
    await get('/basket');
    expect(extraOf('by PinoLogger')).toEqual([
      { basket: 'b-1', card: 'blue' },
      { basket: 'b-1', card: 'blue' },
    ]);
    expect(extraOf('by bindings')).toEqual([{ shelf: 7 }]);
  });

  it('has one also where its path is left out of lines and spans', async () => {
    await start(adapter());
    await get('/health');
    expect(extraOf('by probe')).toEqual([{ probe: 1 }]);
  });

  it('has a logger also with a nestjs-pino that gives it one by its middleware alone', async () => {
    const prototype = PinoLogger.prototype as { runInContext?: unknown };
    const { runInContext } = prototype;
    delete prototype.runInContext;
    try {
      await start(adapter());
      await get('/basket');
    } finally {
      prototype.runInContext = runInContext;
    }
    expect(extraOf('by PinoLogger')).toEqual([{ basket: 'b-1', card: 'blue' }]);
  });
});

// Fastify has an ID and a logger of its own for each request, and middleware gets those.
it('carries its ID and logger where pino-http puts them, on Express', async () => {
  const seen: unknown[] = [];
  const created = await start(new ExpressAdapter());
  created.use(
    (
      request: IncomingMessage & { id: unknown; log: Logger },
      response: ServerResponse & { log: Logger },
      next: () => void,
    ) => {
      seen.push(request.id);
      request.log.info('by request');
      response.log.info('by response');
      next();
    },
  );
  const headers = await get('/basket');
  expect(seen).toEqual([headers.get('x-request-id')]);
  expect(lines.map(({ message }) => message)).toEqual(expect.arrayContaining(['by request', 'by response']));
});
