import { Controller, Get, UseGuards } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import { BasketService } from './basket.service.js';

@Controller('basket')
export class BasketController {
  constructor(private readonly baskets: BasketService) {}

  @Get()
  open(): Promise<object> {
    return this.baskets.open();
  }

  @Get('limited')
  @UseGuards(ThrottlerGuard)
  limited(): object {
    return { once: true };
  }

  @Get('large')
  large(): object {
    return { text: 'all work and no play '.repeat(2000) };
  }
}
