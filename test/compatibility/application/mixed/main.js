import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { componentLogger, ObservabilityModule, TracingService } from 'nestjs-onetrace';

const legacy = createRequire(import.meta.url)('./legacy.cjs');

class LegacyController {
  constructor(service) {
    this.service = service;
  }

  read() {
    return { ...this.service.traceIds(), oneCopy: legacy.TracingService === TracingService };
  }
}
Inject(legacy.LegacyService)(LegacyController, undefined, 0);
Get()(LegacyController.prototype, 'read', Object.getOwnPropertyDescriptor(LegacyController.prototype, 'read'));
Controller('legacy')(LegacyController);

class AppModule {}
Module({
  imports: [ObservabilityModule.forRoot({ component: 'shop' }), legacy.LegacyModule],
  controllers: [LegacyController],
})(AppModule);

const app = await NestFactory.create(AppModule, { bufferLogs: true });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
componentLogger().info('listening', { extra: { url: await app.getUrl() } });
