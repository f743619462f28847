import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerModule } from '@nestjs/throttler';
import { ClsModule, type ClsService } from 'nestjs-cls';
import { LoggerModule } from 'nestjs-pino';
import { currentTraceId, ObservabilityModule } from 'nestjs-onetrace';
import { ItemsModule } from '../items/items.module.js';
import { BasketController } from './basket.controller.js';
import { BasketService } from './basket.service.js';
import { CatalogueController } from './catalogue.controller.js';
import { ReadinessController } from './readiness.controller.js';

const setup = (cls: ClsService): void => cls.set('trace', currentTraceId());

@Module({
  imports: [
    // Each of nestjs-cls's two ways is proven on one platform.
    ClsModule.forRoot(
      process.env['PLATFORM'] === 'fastify'
        ? { global: true, interceptor: { mount: true, setup } }
        : { global: true, middleware: { mount: true, setup } },
    ),
    LoggerModule.forRoot({ pinoHttp: { level: 'debug', redact: ['card'], customProps: () => ({ team: 'shop' }) } }),
    TerminusModule,
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1 }]),
    ObservabilityModule.forRoot({ component: 'shop' }),
    ItemsModule,
  ],
  controllers: [BasketController, CatalogueController, ReadinessController],
  providers: [BasketService],
})
export class CompanionsModule {}
