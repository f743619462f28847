import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { context, type Span, trace } from '@opentelemetry/api';
import { existingServerSpan } from './existing-server-span.js';
import { activeRequest } from './request-context.js';
import { NO_SCOPE, REQUEST_SCOPE, type RequestScope } from './request-scope.js';
import { rawRequest, RequestTraces } from './request-traces.js';
import { matchedRoute } from './route-template.js';

type RequestHook = (this: unknown, request: object, response: object, done: (error?: unknown) => void) => unknown;
type Emit = (this: EventEmitter, event: string | symbol, ...args: unknown[]) => boolean;

/** The part of Nest's HTTP adapter that is used here; `setOnRequestHook` came late in Nest 11. */
interface Adapter {
  getHttpServer(): Server | undefined;
  getInstance(): unknown;
  setOnRequestHook?(hook: RequestHook): void;
  readonly onRequestHook?: RequestHook;
}

const WRAPPED = Symbol.for('onetrace.http.wrapped');
type Wrapped<T> = T & { [WRAPPED]?: true };

/** Events that hand a request to the application; the last two only to who listens to them. */
const REQUEST_EVENTS: ReadonlySet<string | symbol> = new Set(['request', 'checkContinue', 'checkExpectation']);

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
    @Optional() @Inject(REQUEST_SCOPE) private readonly scope: RequestScope = NO_SCOPE,
  ) {
    this.open();
  }

  /** The adapter of a test application comes after the constructors, and a hook of the application's own may have come since. */
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
    if (server !== undefined && server !== null) this.wrapEmit(server);
  }

  private chainHook(adapter: Adapter): void {
    const existing = adapter.onRequestHook as Wrapped<RequestHook> | undefined;
    if (typeof adapter.setOnRequestHook !== 'function') return this.addFastifyHook(adapter.getInstance());
    if (existing?.[WRAPPED] === true) return;
    const { enter } = this;
    const hook: Wrapped<RequestHook> = function (this: unknown, request, response, done) {
      return enter(request, response, () =>
        existing === undefined ? done() : existing.call(this, request, response, done),
      );
    };
    hook[WRAPPED] = true;
    adapter.setOnRequestHook(hook);
  }

  /** Early Nest 11 has no request hook, and only Fastify itself knows the route then. */
  private addFastifyHook(instance: unknown): void {
    const fastify = instance as Wrapped<{ addHook?: (name: string, hook: RequestHook) => void }> | undefined;
    if (typeof fastify?.addHook !== 'function' || fastify[WRAPPED] === true) return;
    fastify[WRAPPED] = true;
    const { enter } = this;
    fastify.addHook('onRequest', (request, response, done) => void enter(request, response, done));
  }

  private readonly enter = (request: object, response: object, proceed: () => unknown): unknown => {
    const raw = rawRequest(request);
    const rawResponse = (response as { raw?: ServerResponse }).raw ?? (response as ServerResponse);
    const requestTrace = this.traces.begin(raw, rawResponse, existingServerSpan(trace.getActiveSpan(), false));
    if (requestTrace === undefined) return this.scope(raw, rawResponse, proceed);
    // Fastify has matched its route by now; Express will have put its own on the request when the response ends.
    if (raw !== request) requestTrace.matched(matchedRoute(request));
    return activeRequest() === requestTrace
      ? proceed()
      : context.with(requestTrace.context, this.scope, undefined, raw, rawResponse, proceed);
  };

  private wrapEmit(server: Wrapped<Server>): void {
    if (server[WRAPPED] === true) return;
    server[WRAPPED] = true;
    const { traces, scope } = this;
    const emitOf = (emitter: object): Emit => (emitter as { emit: Emit }).emit;
    const own = Object.hasOwn(server, 'emit') ? emitOf(server) : undefined;
    const plain = emitOf(EventEmitter.prototype);
    let outer: Span | undefined;
    const handOver = (event: string | symbol, args: unknown[]): boolean => {
      const [request, response] = args as [IncomingMessage, ServerResponse];
      const requestTrace = traces.begin(request, response, existingServerSpan(outer, emitOf(server) !== wrapper));
      const handle = (): boolean => plain.call(server, event, ...args);
      return requestTrace === undefined
        ? scope(request, response, handle)
        : context.with(requestTrace.context, scope<boolean>, undefined, request, response, handle);
    };
    const gate = gateBefore(server, handOver);
    // Looked up for each event: an instrumentation may patch the prototype later than this.
    const inherited = (): Emit => own ?? emitOf(Object.getPrototypeOf(server) as object);
    const wrapper: Emit = function (event, ...args) {
      const emit = inherited();
      if (!REQUEST_EVENTS.has(event)) return emit.call(server, event, ...args);
      outer = trace.getActiveSpan();
      return emit === plain ? handOver(event, args) : emit.call(gate, event, ...args);
    };
    server.emit = wrapper;
  }
}

/**
 * Stands in for a server whose `emit` an instrumentation has patched: that runs first, and we see the span it started.
 * Inherits everything else from the server, listeners excepted.
 */
function gateBefore(server: Server, handOver: (event: string | symbol, args: unknown[]) => boolean): EventEmitter {
  const gate = Object.create(server) as EventEmitter;
  // The constructor gives an object listeners of its own where it has only inherited ones.
  (EventEmitter as unknown as (this: EventEmitter) => void).call(gate);
  for (const event of REQUEST_EVENTS) gate.on(event, (...args: unknown[]) => void handOver(event, args));
  return gate;
}
