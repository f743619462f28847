import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { Client } from '@temporalio/client';
import { TemporalLifecycle } from '../temporal/temporal.module.js';

/** Says whether the process lives, and whether it can do its work. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly client: Client,
    private readonly temporal: TemporalLifecycle,
  ) {}

  @Get()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** @throws ServiceUnavailableException until the namespace is prepared, and while Temporal does not answer. */
  @Get('ready')
  async ready(): Promise<{ status: 'ok' }> {
    if (!this.temporal.prepared) throw new ServiceUnavailableException('the Temporal namespace is being prepared');
    try {
      await this.client.withDeadline(Date.now() + 2000, () => this.client.workflowService.getSystemInfo({}));
      return { status: 'ok' };
    } catch {
      throw new ServiceUnavailableException('Temporal does not answer');
    }
  }
}
