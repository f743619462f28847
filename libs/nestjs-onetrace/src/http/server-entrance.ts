import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { context } from '@opentelemetry/api';
import { matchedRoute } from './route-template.js';
import { rememberRoute } from './request-trace.js';
import { rawRequest, RequestTraces } from './request-traces.js';

type RequestHook = (this: unknown, request: object, response: object, done: (error?: unknown) => void) => unknown;

/** The part of Nest's HTTP adapter that is used here; `setOnRequestHook` came late in Nest 11. */
interface Adapter {
  getHttpServer(): Server | undefined;
  setOnRequestHook?(hook: RequestHook): void;
  readonly onRequestHook?: RequestHook;
}

const WRAPPED = Symbol.for('onetrace.http.wrapped');

/**
 * Opens the two entrances through which every request comes, before any middleware, body parser or guard: the
 * adapter's request hook, and the server's `request` event. Together they see what middleware misses: bad JSON,
 * bodies too large, preflights, malformed URLs, unknown routes.
 */
@Injectable()
export class ServerEntrance implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly traces: RequestTraces,
  ) {}

  /** Early: the adapter reads its hook for each request, and the server exists from creation on. */
  onModuleInit(): void {
    this.open();
  }

  /** Again, for adapters that make their server late; opening twice changes nothing. */
  onApplicationBootstrap(): void {
    this.open();
  }

  private open(): void {
    // An application context without HTTP has no adapter, and nothing to open.
    const adapter = this.host.httpAdapter as unknown as Adapter | undefined;
    if (adapter === undefined || adapter === null) return;
    this.chainHook(adapter);
    const server = adapter.getHttpServer();
    if (server !== undefined) this.wrapRequestEvent(server);
  }

  private chainHook(adapter: Adapter): void {
    const existing = adapter.onRequestHook as (RequestHook & { [WRAPPED]?: true }) | undefined;
    if (typeof adapter.setOnRequestHook !== 'function' || existing?.[WRAPPED] === true) return;
    const { traces } = this;
    const hook: RequestHook & { [WRAPPED]?: true } = function (this: unknown, request, response, done) {
      const raw = rawRequest(request);
      const trace = traces.begin(raw, (response as { raw?: ServerResponse }).raw ?? (response as ServerResponse));
      // Fastify has matched its route by now; Express will have put its own on the request when the response ends.
      if (raw !== request) rememberRoute(raw, matchedRoute(request));
      const proceed = (): unknown => (existing === undefined ? done() : existing.call(this, request, response, done));
      return trace === undefined ? proceed() : context.with(trace.context, proceed);
    };
    hook[WRAPPED] = true;
    adapter.setOnRequestHook(hook);
  }

  private wrapRequestEvent(server: Server & { [WRAPPED]?: true }): void {
    if (server[WRAPPED] === true) return;
    server[WRAPPED] = true;
    const { traces } = this;
    const emit = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean;
    server.emit = function (event: string | symbol, ...args: unknown[]): boolean {
      if (event !== 'request') return emit(event, ...args);
      const trace = traces.begin(args[0] as IncomingMessage, args[1] as ServerResponse);
      return trace === undefined ? emit(event, ...args) : context.with(trace.context, () => emit(event, ...args));
    };
  }
}
