import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule } from '../module/observability.module.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { send } from './request-client.fixture.js';

const lines: Record<string, unknown>[] = [];
let spans: SpanCollector;
let app: INestApplication | undefined;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());
afterEach(async () => {
  await app?.close();
  lines.length = 0;
});

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('the metrics on %s', (platform, adapter) => {
  // A path for each application: a notice is given once a process.
  const listen = async (path: string, controllers: Type[]): Promise<number> => {
    @Module({
      imports: [
        ObservabilityModule.forRoot({
          component: 'gateway',
          metrics: { path },
          logging: {
            destination: { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) },
          },
        }),
      ],
      controllers,
    })
    class App {}
    app = await NestFactory.create(App, adapter() as ExpressAdapter, { bufferLogs: true });
    await app.listen(0, '127.0.0.1');
    return ((app.getHttpServer() as Server).address() as AddressInfo).port;
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
    const port = await listen(path, [Own]);
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
    const port = await listen(path, [Push]);
    spans.reset();
    expect((await send(port, path)).body).toContain('http_requests_total');
    expect(spans.spans()).toEqual([]);
    expect(lines.filter((line) => line['level'] !== 'INFO')).toEqual([]);
  });
});
