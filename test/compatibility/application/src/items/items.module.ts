import { Module } from '@nestjs/common';
import { SleepLogService } from '../sleep-logs/sleep-log.service.js';
import { SleepLogsController } from '../sleep-logs/sleep-logs.controller.js';
import { ItemsController } from './items.controller.js';
import { ItemsService } from './items.service.js';

@Module({ controllers: [ItemsController, SleepLogsController], providers: [ItemsService, SleepLogService] })
export class ItemsModule {}
