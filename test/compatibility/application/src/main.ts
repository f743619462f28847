import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { componentLogger } from 'nestjs-onetrace';
import { AppModule } from './app.module.js';
import { createAdapter } from './adapter.js';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule, createAdapter(), { bufferLogs: true });
  app.setGlobalPrefix('v1', { exclude: ['health'] });
  app.enableShutdownHooks();
  await app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  componentLogger().info('listening', { extra: { url: await app.getUrl(), node: process.versions.node } });
}

void bootstrap();
