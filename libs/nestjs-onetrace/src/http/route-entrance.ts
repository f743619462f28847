import { Injectable, StreamableFile } from '@nestjs/common';
import { type ApplicationConfig, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { context } from '@opentelemetry/api';
import type { Observable } from 'rxjs';
import { activeRequest } from './request-context.js';
import { RequestTraces } from './request-traces.js';
import { handledRoute } from './route-template.js';
import { TraceInterceptor } from './trace.interceptor.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Handler = (this: unknown, request: object, ...others: unknown[]) => unknown;
type Adapter = Record<string, Method | undefined>;

/** Methods of Nest's HTTP adapters that take a path and the handler of a route. */
const ROUTE_METHODS = [
  ...['get', 'post', 'put', 'delete', 'patch', 'all', 'options', 'head', 'search', 'query'],
  ...['propfind', 'proppatch', 'mkcol', 'copy', 'move', 'lock', 'unlock'],
];
const OPENED = Symbol.for('onetrace.http.routes');

/**
 * The last entrance: where Nest hands its handlers over to the HTTP server. It tells the request which route was taken and gives the handler its
 * request's context should something have lost it. `TraceInterceptor` does the same, but Nest takes as long for one interceptor as for
 * the rest of a small request; the handlers of routes that are registered here do without.
 */
@Injectable()
export class RouteEntrance {
  /** Whether Nest is making the handler of a route that will come through here. */
  private registering = false;

  constructor(
    host: HttpAdapterHost,
    moduleRef: ModuleRef,
    private readonly traces: RequestTraces,
  ) {
    const open = (): void => this.open(host.httpAdapter as unknown as Adapter | undefined, moduleRef);
    open();
    // The adapter of a test application comes after the constructors. Early Nest 11 does not say when: there the interceptor stays.
    (host as { readonly init$?: Observable<void> }).init$?.subscribe(open);
  }

  private open(adapter: (Adapter & { [OPENED]?: true }) | undefined, moduleRef: ModuleRef): void {
    const { container } = moduleRef as unknown as { container?: { applicationConfig?: ApplicationConfig } };
    const config = container?.applicationConfig;
    if (adapter === undefined || adapter === null || config === undefined || adapter[OPENED] === true) return;
    adapter[OPENED] = true;
    for (const name of ROUTE_METHODS) this.wrapRouteMethod(adapter, name);
    this.wrapReply(adapter);
    const globalInterceptors = config.getGlobalInterceptors.bind(config);
    config.getGlobalInterceptors = () =>
      this.registering
        ? globalInterceptors().filter((interceptor) => !(interceptor instanceof TraceInterceptor))
        : globalInterceptors();
  }

  /** Nest takes the method from the adapter first, makes the handler with its interceptors, and then calls the method: all at once. */
  private wrapRouteMethod(adapter: Adapter, name: string): void {
    const method = adapter[name];
    if (typeof method !== 'function') return;
    const wrapped: Method = (...args) => {
      this.registering = false;
      const handler = args.at(-1);
      return method.apply(
        adapter,
        typeof handler === 'function' ? args.with(-1, this.inTrace(handler as Handler)) : args,
      );
    };
    Object.defineProperty(adapter, name, {
      configurable: true,
      get: () => {
        this.registering = true;
        queueMicrotask(() => (this.registering = false));
        return wrapped;
      },
      set: (value: unknown) => Object.defineProperty(adapter, name, { configurable: true, writable: true, value }),
    });
  }

  private inTrace(handler: Handler): Handler {
    const { traces } = this;
    const inTrace: Handler = function (request, ...others) {
      const trace = traces.of(request);
      if (trace === undefined) return handler.call(this, request, ...others);
      trace.matched(handledRoute(request));
      return activeRequest() === trace
        ? handler.call(this, request, ...others)
        : context.with(trace.context, handler, this, request, ...others);
    };
    // Adapters read a route's version, constraints and configuration from its handler, metadata included.
    return Object.setPrototypeOf(inTrace, handler) as Handler;
  }

  /** Express's adapter sends files through a stream of its own, which does not know why they broke off. */
  private wrapReply(adapter: Adapter): void {
    const { reply } = adapter;
    if (typeof reply !== 'function') return;
    const { traces } = this;
    adapter['reply'] = function (this: unknown, response, body, ...others) {
      const { req } = response as { readonly req?: object };
      if (body instanceof StreamableFile && req !== undefined) traces.of(req)?.readsFrom(body.getStream());
      return reply.call(this, response, body, ...others);
    };
  }
}
