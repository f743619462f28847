import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HttpMetrics } from '../metrics/index.js';

/** Injection token of the path on which metrics are served. */
export const METRICS_PATH = Symbol.for('onetrace.METRICS_PATH');

/** Serves the metrics on the application's own server, outside its prefix, versions and guards. */
@Injectable()
export class MetricsEndpoint implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly metrics: HttpMetrics,
    @Inject(METRICS_PATH) private readonly path: string | undefined,
  ) {}

  onModuleInit(): void {
    const adapter = this.host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
    if (this.path === undefined || adapter === undefined || adapter === null) return;
    adapter.get(this.path, async (_request: unknown, response: unknown) => {
      const { contentType, body } = await this.metrics.expose();
      adapter.setHeader(response, 'Content-Type', contentType);
      adapter.reply(response, body, 200);
    });
  }
}
