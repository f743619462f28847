/** An application that follows the guide, with shutdown hooks: answers one request, makes a span in its last hook, and is ended by SIGTERM. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { trace } from '@opentelemetry/api';
import { ObservabilityModule } from 'nestjs-onetrace';

const lastWork = { onApplicationShutdown: () => trace.getTracer('shop').startSpan('last work').end() };

class App {}
Module({
  imports: [ObservabilityModule.forRoot({ component: 'shop', logging: { level: 'warn' } })],
  providers: [{ provide: 'last work', useValue: lastWork }],
})(App);

const app = await NestFactory.create(App, { bufferLogs: true });
app.enableShutdownHooks();
app.getHttpAdapter().get('/hello', (_request, response) => response.end('hello'));
await app.listen(0, '127.0.0.1');
await (await fetch(`${await app.getUrl()}/hello`, { headers: { connection: 'close' } })).text();
process.kill(process.pid, 'SIGTERM');
