import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import fastifyCompress from '@fastify/compress';
import fastifyHelmet from '@fastify/helmet';
import compression from 'compression';
import helmet from 'helmet';
import { componentLogger } from 'nestjs-onetrace';
import { createAdapter } from '../adapter.js';
import { CompanionsModule } from './companions.module.js';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(CompanionsModule, createAdapter(), { bufferLogs: true });
  if (process.env['PLATFORM'] === 'fastify') {
    const fastify = app as unknown as NestFastifyApplication;
    await fastify.register(fastifyHelmet);
    await fastify.register(fastifyCompress);
  } else {
    (app as unknown as NestExpressApplication).use(helmet(), compression());
  }
  app.setGlobalPrefix('v1', { exclude: ['health'] });
  app.enableShutdownHooks();
  const config = new DocumentBuilder().setTitle('Shop').build();
  SwaggerModule.setup('docs', app, SwaggerModule.createDocument(app, config));
  await app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  componentLogger().info('listening', { extra: { url: await app.getUrl(), node: process.versions.node } });
}

void bootstrap();
