import { Controller, Get, Logger, Param, UseGuards } from '@nestjs/common';
import { currentTraceId } from 'nestjs-onetrace';
import { type Item, ItemsService } from './items.service.js';
import { RejectGuard } from './reject.guard.js';

@Controller('items')
export class ItemsController {
  private readonly logger = new Logger(ItemsController.name);

  constructor(private readonly items: ItemsService) {}

  @Get(':id')
  async find(@Param('id') id: string): Promise<Item & { trace: string | undefined }> {
    this.logger.log("through Nest's logger");
    return { ...(await this.items.find(id)), trace: currentTraceId() };
  }

  @Get(':id/secret')
  @UseGuards(RejectGuard)
  secret(): never {
    throw new Error('a rejected request reached its handler');
  }

  @Get(':id/broken')
  broken(): never {
    throw new Error('the disk is full');
  }
}
