import { Injectable } from '@nestjs/common';
import { currentTraceId, Trace } from 'nestjs-onetrace';
import { ClsService } from 'nestjs-cls';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';

@Injectable()
@Trace()
export class BasketService {
  constructor(
    private readonly cls: ClsService,
    @InjectPinoLogger(BasketService.name) private readonly logger: PinoLogger,
  ) {}

  /** The trace as three stores know it: ours, nestjs-cls's from the begin of the request, and the logger's line. */
  async open(): Promise<{ ours: string | undefined; cls: string | undefined }> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.logger.debug({ card: '4111 1111 1111 1111' }, 'basket opened');
    return { ours: currentTraceId(), cls: this.cls.get<string | undefined>('trace') };
  }
}
