import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { Client } from '@temporalio/client';

/** Says whether the process lives, and whether it can do its work. */
@Controller('health')
export class HealthController {
  constructor(private readonly client: Client) {}

  @Get()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** @throws ServiceUnavailableException while Temporal does not answer. */
  @Get('ready')
  async ready(): Promise<{ status: 'ok' }> {
    try {
      await this.client.withDeadline(Date.now() + 2000, () => this.client.workflowService.getSystemInfo({}));
      return { status: 'ok' };
    } catch {
      throw new ServiceUnavailableException('Temporal does not answer');
    }
  }
}
