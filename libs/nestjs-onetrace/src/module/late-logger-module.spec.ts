import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LoggerModule, type Params, PinoLogger } from 'nestjs-pino';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { ObservabilityModule } from './observability.module.js';

const lines: { message: string; extra?: Record<string, unknown> }[] = [];
const destination = { write: (text: string) => void lines.push(JSON.parse(text) as (typeof lines)[number]) };

@Controller('basket')
class Basket {
  constructor(private readonly logger: PinoLogger) {}

  @Get()
  open(): string {
    this.logger.assign({ basket: 'b-1' });
    this.logger.info({ card: '4111 1111 1111 1111' }, 'opened');
    return 'open';
  }
}

@Module({
  imports: [
    ObservabilityModule.forRoot({ component: 'gateway', logging: { destination } }),
    LoggerModule.forRootAsync({
      useFactory: async (): Promise<Params> => {
        await sleep(20);
        return { pinoHttp: [{ redact: ['card'] }, destination], forRoutes: ['{*path}'] };
      },
    }),
  ],
  controllers: [Basket],
})
class App {}

let spans: SpanCollector;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());

it("keeps an application's own logger options however late they come, and logs its requests once", async () => {
  const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { bufferLogs: true });
  try {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}/basket`)).text();
  } finally {
    await app.close();
  }
  expect(lines.find((line) => line.message === 'opened')?.extra).toMatchObject({ card: '[Redacted]', basket: 'b-1' });
  const byPinoHttp = lines.filter((line) => line.extra?.['responseTime'] !== undefined);
  expect(byPinoHttp.map((line) => line.message)).toEqual(['request completed']);
});
