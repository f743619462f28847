import { Module, type NestModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { safely } from '../tracing/index.js';

type Mount = (path: string, handler: object) => unknown;

/** The part of Nest's HTTP adapter that is used here. */
interface Adapter {
  getType?(): string;
  createMiddlewareFactory?: (this: Adapter, method: number) => unknown;
}

const mounted = new WeakSet();

/** Whether Nest has mounted this handler as middleware: what it does not answer it passes on. */
export function isMiddleware(handler: object): boolean {
  return mounted.has(handler);
}

/**
 * Notes which handlers are middleware: Nest mounts that for a method, or for all of them, as a route of Express, which
 * then looks like any other. A module, because `configure` is called when the adapter stands and nothing is mounted yet.
 */
@Module({})
export class MiddlewareWatchModule implements NestModule {
  constructor(private readonly host: HttpAdapterHost) {}

  configure(): void {
    const adapter = this.host.httpAdapter as unknown as Adapter | undefined;
    const factory = adapter?.createMiddlewareFactory;
    // Fastify keeps middleware apart itself.
    if (adapter?.getType?.() !== 'express' || factory === undefined) return;
    adapter.createMiddlewareFactory = function (method) {
      const mount = factory.call(this, method);
      return typeof mount === 'function' ? noting(mount as Mount) : mount;
    };
  }
}

function noting(mount: Mount): Mount {
  return (path, handler) => {
    safely('middleware watch', () => mounted.add(handler));
    return mount(path, handler);
  };
}
