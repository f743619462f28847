import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { HttpMetrics } from '../metrics/index.js';
import { safely } from '../tracing/index.js';
import { HTTP_SETTINGS, type HttpSettings } from './http-settings.js';
import { RequestTrace } from './request-trace.js';
import { targetPath } from './target-path.js';

/** Finds or starts the one trace of a request, whichever of the two entrances saw it first. */
@Injectable()
export class RequestTraces {
  private readonly byRequest = new WeakMap<object, RequestTrace | 'ignored'>();

  constructor(
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
    @Optional() private readonly metrics?: HttpMetrics,
  ) {}

  /** Idempotent; `undefined` for ignored paths and where tracing itself failed. */
  begin(request: IncomingMessage, response: ServerResponse): RequestTrace | undefined {
    const known = this.byRequest.get(request);
    if (known !== undefined) return known === 'ignored' ? undefined : known;
    const path = targetPath(request.url);
    const started = this.settings.isIgnored(path)
      ? undefined
      : safely('request start', () => new RequestTrace(request, response, this.settings, this.metrics));
    this.byRequest.set(request, started ?? 'ignored');
    return started;
  }

  /** The trace of a request that an entrance has seen. */
  of(request: object): RequestTrace | undefined {
    const known = this.byRequest.get(rawRequest(request));
    return known === 'ignored' ? undefined : known;
  }
}

/** Fastify wraps the request of `node:http`; Express extends it. */
export function rawRequest(request: object): IncomingMessage {
  return (request as { raw?: IncomingMessage }).raw ?? (request as IncomingMessage);
}
