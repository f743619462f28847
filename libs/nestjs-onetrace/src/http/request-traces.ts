import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Span } from '@opentelemetry/api';
import { HttpMetrics } from '../metrics/index.js';
import { safely } from '../tracing/index.js';
import { HTTP_SETTINGS, type HttpSettings } from './http-settings.js';
import { RequestTrace } from './request-trace.js';
import { targetPath } from './target-path.js';

// On the request itself, so that an application mounted inside another one, or set up twice, does not trace it again.
const TRACE = Symbol.for('onetrace.http.trace');

type TracedRequest = object & { [TRACE]?: RequestTrace | 'ignored' };

/** Finds or starts the one trace of a request, whichever of the two entrances saw it first. */
@Injectable()
export class RequestTraces {
  constructor(
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
    @Optional() private readonly metrics?: HttpMetrics,
  ) {}

  /**
   * Idempotent; `undefined` for ignored paths and where tracing itself failed.
   *
   * @param existing the SERVER span that an instrumentation beside us has started for this request.
   */
  begin(request: IncomingMessage, response: ServerResponse, existing?: Span): RequestTrace | undefined {
    const traced: TracedRequest = request;
    const known = traced[TRACE];
    if (known !== undefined) return known === 'ignored' ? undefined : known;
    const started = safely('request start', () => {
      const path = targetPath(request.url);
      return this.settings.isIgnored(path)
        ? undefined
        : new RequestTrace(request, response, path, this.settings, this.metrics, existing);
    });
    traced[TRACE] = started ?? 'ignored';
    return started;
  }

  /** The trace of a request that an entrance has seen. */
  of(request: object): RequestTrace | undefined {
    const known = (rawRequest(request) as TracedRequest)[TRACE];
    return known === 'ignored' ? undefined : known;
  }
}

/** Fastify wraps the request of `node:http`; Express extends it. */
export function rawRequest(request: object): IncomingMessage {
  return (request as { raw?: IncomingMessage }).raw ?? (request as IncomingMessage);
}
