import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { currentTraceId, ObservabilityModule, TracingService } from 'nestjs-onetrace';
import * as connector from 'nestjs-onetrace/connector';
import * as testing from 'nestjs-onetrace/testing';

class Hello {
  read() {
    return { trace: currentTraceId() };
  }
}
Get()(Hello.prototype, 'read', Object.getOwnPropertyDescriptor(Hello.prototype, 'read'));
Controller('hello')(Hello);

class App {}
Module({ imports: [ObservabilityModule.forRoot({ component: 'hello' })], controllers: [Hello] })(App);

const app = await NestFactory.create(App, { bufferLogs: true });
await app.listen(0, '127.0.0.1');
const response = await fetch(`${await app.getUrl()}/hello`);
const copy = createRequire(import.meta.url)('nestjs-onetrace');
process.stdout.write(
  JSON.stringify({
    header: response.headers.get('x-trace-id'),
    body: await response.json(),
    metrics: (await (await fetch(`${await app.getUrl()}/metrics`)).text()).includes('http_requests_total{'),
    oneCopy: copy.TracingService === TracingService,
    connector: typeof connector.createConnector,
    testing: typeof testing.collectSpans,
  }) + '\n',
);
await app.close();
