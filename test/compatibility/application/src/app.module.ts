import { Module } from '@nestjs/common';
import { ObservabilityModule } from 'nestjs-onetrace';
import { HealthController } from './health/health.controller.js';
import { ItemsModule } from './items/items.module.js';
import { RelayController } from './relay/relay.controller.js';

@Module({
  imports: [ObservabilityModule.forRoot({ component: 'shop' }), ItemsModule],
  controllers: [HealthController, RelayController],
})
export class AppModule {}
