import { Module } from '@nestjs/common';
import { ObservabilityModule } from 'nestjs-onetrace';
import { HealthController } from './health/health.controller.js';
import { ItemsModule } from './items/items.module.js';

@Module({
  imports: [ObservabilityModule.forRoot({ component: 'shop' }), ItemsModule],
  controllers: [HealthController],
})
export class AppModule {}
