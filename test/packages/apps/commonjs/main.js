'use strict';
require('reflect-metadata');
const { Controller, Get, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { currentTraceId, ObservabilityModule, TracingService } = require('nestjs-onetrace');
const connector = require('nestjs-onetrace/connector');
const testing = require('nestjs-onetrace/testing');

class Hello {
  read() {
    return { trace: currentTraceId() };
  }
}
Get()(Hello.prototype, 'read', Object.getOwnPropertyDescriptor(Hello.prototype, 'read'));
Controller('hello')(Hello);

class App {}
Module({ imports: [ObservabilityModule.forRoot({ component: 'hello' })], controllers: [Hello] })(App);

async function main() {
  const app = await NestFactory.create(App, { bufferLogs: true });
  await app.listen(0, '127.0.0.1');
  const response = await fetch(`${await app.getUrl()}/hello`);
  const copy = await import('nestjs-onetrace');
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
}
main();
