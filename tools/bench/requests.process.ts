/**
 * `node requests.process.ts <settings as JSON>` serves an application of Nest that answers `GET /things/:id`, tells its parent the port,
 * and the processor time that it has taken whenever the parent asks. Its lines go to stdout.
 */
import {
  Controller,
  type DynamicModule,
  Get,
  Inject,
  type INestApplication,
  Module,
  type NestApplicationOptions,
  Param,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Logger, LoggerModule, PinoLogger } from 'nestjs-pino';
import { ObservabilityModule } from 'nestjs-onetrace';
import type { AddressInfo } from 'node:net';
import type { RequestServerReply, RequestServerSettings } from './requests.server.ts';

const { platform, variant, receiver } = JSON.parse(process.argv[2] ?? '') as RequestServerSettings;
const NO_LOGGER = 'no logger';

const app = await application();
await app.listen(0, '127.0.0.1');
const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
process.on('message', () => reply({ cpu: process.cpuUsage() }));
process.once('disconnect', () => process.exit());
reply({ port });

function reply(answer: RequestServerReply): void {
  process.send?.(answer);
}

async function application(): Promise<INestApplication> {
  const { logging } = variant;
  const options: NestApplicationOptions = logging === 'nestjs-pino' ? { bufferLogs: true } : { logger: false };
  const root = rootModule(logging === 'none' ? [] : [observability(logging)], thingsController());
  const created =
    platform === 'fastify'
      ? await NestFactory.create(root, new FastifyAdapter(), options)
      : await NestFactory.create(root, options);
  if (logging === 'nestjs-pino') created.useLogger(created.get(Logger));
  return created;
}

function observability(logging: 'nestjs-pino' | 'onetrace'): DynamicModule {
  if (logging === 'nestjs-pino') {
    // Its default misses the handlers of Fastify on Nest 12, which would leave the lines without their request.
    return LoggerModule.forRoot(platform === 'fastify' ? { forRoutes: ['{*path}'] } : undefined);
  }
  return ObservabilityModule.forRoot({
    component: 'gateway',
    export: variant.recording ? { url: receiver } : 'none',
    logging: { requests: { started: variant.started } },
  });
}

function thingsController(): Type {
  class ThingsController {
    private readonly logger: PinoLogger | undefined;

    constructor(logger: PinoLogger | undefined) {
      this.logger = logger;
    }

    read(id: string): object {
      this.logger?.info({ thing: id }, 'thing read');
      return { id, name: 'lamp', tags: ['light', 'desk'] };
    }
  }
  const read = Object.getOwnPropertyDescriptor(ThingsController.prototype, 'read') ?? {};
  Get('things/:id')(ThingsController.prototype, 'read', read);
  Param('id')(ThingsController.prototype, 'read', 0);
  if (variant.handlerLine) Inject(PinoLogger)(ThingsController, undefined, 0);
  else Inject(NO_LOGGER)(ThingsController, undefined, 0);
  Controller()(ThingsController);
  return ThingsController;
}

function rootModule(imports: DynamicModule[], controller: Type): Type {
  class RootModule {}
  Module({ imports, controllers: [controller], providers: [{ provide: NO_LOGGER, useValue: undefined }] })(RootModule);
  return RootModule;
}
