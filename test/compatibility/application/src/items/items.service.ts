import { Injectable } from '@nestjs/common';
import { componentLogger, Trace } from 'nestjs-onetrace';
import { PinoLogger } from 'nestjs-pino';

export interface Item {
  readonly id: string;
}

@Injectable()
export class ItemsService {
  constructor(private readonly logger: PinoLogger) {}

  @Trace()
  async find(id: string): Promise<Item> {
    await new Promise((resolve) => setImmediate(resolve));
    this.logger.info('through PinoLogger');
    componentLogger().info('item found', { extra: { id } });
    return { id: this.normalise(id) };
  }

  @Trace({ name: 'items.normalise' })
  normalise(id: string): string {
    return id.toLowerCase();
  }
}
