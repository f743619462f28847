import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Post,
  RequestMethod,
  type Type,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { ObservabilityModule } from '../module/observability.module.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { send } from './request-client.fixture.js';
import { listen } from './listening-application.fixture.js';
import { PLATFORMS } from './platforms.fixture.js';

const lines: Record<string, unknown>[] = [];
const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) };
const observability = (path: string) =>
  ObservabilityModule.forRoot({ component: 'gateway', metrics: { path }, logging: { destination } });
let spans: SpanCollector;
let app: INestApplication | undefined;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());
afterEach(async () => {
  await app?.close();
  // nestjs-pino keeps the first one it met.
  (PinoLogger as { root: unknown }).root = undefined;
  lines.length = 0;
});

describe.each(PLATFORMS)('the metrics on %s', (platform, adapter) => {
  // A path for each application: a notice is given once a process.
  const start = async (path: string, controllers: Type[]): Promise<number> => {
    @Module({
      imports: [observability(path)],
      controllers,
    })
    class App {}
    const listening = await listen(App, adapter());
    app = listening.app;
    return listening.port;
  };

  it('leave an own route of the application alone, and say so', async () => {
    const path = `/own-${platform}`;
    @Controller(path)
    class Own {
      @Get()
      metrics(): string {
        return 'mine';
      }
    }
    const port = await start(path, [Own]);
    expect((await send(port, path)).body).toBe('mine');
    expect(lines.filter((line) => line['level'] !== 'INFO')).toMatchObject([
      { level: 'WARN', message: expect.stringContaining(path) },
    ]);
  });

  it('stand beside other methods, outside the traces', async () => {
    const path = `/beside-${platform}`;
    @Controller(path)
    class Push {
      @Post()
      push(): string {
        return 'pushed';
      }
    }
    const port = await start(path, [Push]);
    spans.reset();
    expect((await send(port, path)).body).toContain('http_requests_total');
    expect(spans.spans()).toEqual([]);
    expect(lines.filter((line) => line['level'] !== 'INFO')).toEqual([]);
  });

  const silent = [{ autoLogging: false }, destination] as never;

  describe.each([
    ['forRoot', () => LoggerModule.forRoot()],
    ['forRoot with options', () => LoggerModule.forRoot({ pinoHttp: silent })],
    ['forRootAsync', () => LoggerModule.forRootAsync({ useFactory: () => ({ pinoHttp: silent }) })],
  ])("stand beside the application's own LoggerModule without routes, by %s,", (how, own) => {
    it.each(['before', 'after'])('%s ours', async (place) => {
      const path = `/logged-${platform}-${how.replaceAll(' ', '-')}-${place}`;
      const ours = observability(path);
      @Module({ imports: place === 'before' ? [own(), ours] : [ours, own()] })
      class App {}
      const listening = await listen(App, adapter());
      app = listening.app;
      expect(await send(listening.port, path)).toMatchObject({
        status: 200,
        body: expect.stringContaining('http_requests_total'),
      });
      expect(lines.filter((line) => line['level'] !== 'INFO')).toEqual([]);
    });
  });

  it.each([
    ['every path and method', { path: '/*splat', method: RequestMethod.ALL }],
    ['every path and GET', { path: '/*splat', method: RequestMethod.GET }],
  ])('stand behind middleware for %s, in an application of @nestjs/testing too', async (what, routes) => {
    const path = `/behind-${platform}-${what.replaceAll(' ', '-')}`;
    let passed = 0;
    @Module({ imports: [observability(path)] })
    class App implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer
          .apply((_request: unknown, _response: unknown, next: () => void) => {
            passed += 1;
            next();
          })
          .forRoutes(routes);
      }
    }
    const tested = (await Test.createTestingModule({ imports: [App] }).compile()).createNestApplication(adapter());
    app = tested;
    await tested.listen(0, '127.0.0.1');
    const { port } = (tested.getHttpServer() as Server).address() as AddressInfo;
    expect((await send(port, path)).body).toContain('http_requests_total');
    expect(passed).toBe(1);
    expect(lines.filter((line) => line['level'] !== 'INFO')).toEqual([]);
  });
});
