import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { trace } from '@opentelemetry/api';
import { currentTraceId } from '../context/index.js';
import { ObservabilityModule } from '../module/observability.module.js';

const lines: Record<string, unknown>[] = [];

@Controller()
class Things {
  @Get('thing')
  thing(): string {
    return currentTraceId() ?? 'none';
  }
}

@Module({
  imports: [
    ObservabilityModule.forRoot({
      component: 'gateway',
      export: 'none',
      logging: {
        destination: { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) },
      },
    }),
  ],
  controllers: [Things],
})
class Application {}

it('gives every request an ID that finds it, also when somebody took the provider away', async () => {
  const app = await NestFactory.create(Application, { bufferLogs: true });
  try {
    await app.listen(0, '127.0.0.1');
    const server = app.getHttpServer() as Server;
    if (!server.listening) await once(server, 'listening');
    trace.disable();
    const ask = () => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/thing`);
    const [first, second] = [await ask(), await ask()];
    const id = first.headers.get('x-trace-id');
    expect(id).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(await first.text()).toBe(id);
    expect(second.headers.get('x-trace-id')).not.toBe(id);
    expect(lines.filter((line) => line['trace_id'] === id).map((line) => line['message'])).toEqual([
      'request started',
      'request completed',
    ]);
  } finally {
    await app.close();
  }
});
