import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HttpMetrics } from '../metrics/index.js';
import { noticeOnce, safely } from '../tracing/index.js';
import { isMiddleware } from './middleware-watch.js';

/** Injection token of the path on which metrics are served. */
export const METRICS_PATH = Symbol.for('onetrace.METRICS_PATH');

/** As much of Fastify and of Express's router as tells whether a route is taken. */
interface Routed {
  hasRoute?(route: { method: string; url: string }): boolean;
  readonly router?: { readonly stack?: readonly Layer[] };
}

interface Layer {
  readonly route?: {
    readonly methods?: Readonly<Record<string, boolean>>;
    readonly stack?: readonly { readonly handle: object }[];
  };
  readonly matchers?: readonly ((path: string) => unknown)[];
}

/** Serves the metrics on the application's own server, outside its prefix, versions and guards. */
@Injectable()
export class MetricsEndpoint implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly metrics: HttpMetrics,
    @Inject(METRICS_PATH) private readonly path: string | undefined,
  ) {}

  /** The application's own routes are registered by now; one that it has at this path is left alone. */
  onModuleInit(): void {
    const adapter = this.host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined;
    const { path } = this;
    if (path === undefined || adapter === undefined || adapter === null) return;
    if (safely('metrics endpoint', () => isTaken(adapter.getInstance<Routed>(), path)) === true) {
      noticeOnce(
        `metrics-path:${path}`,
        `the application has a route at ${path}, so that our metrics are not served there; set \`metrics.path\` to another path, or \`metrics: false\``,
      );
      return;
    }
    adapter.get(path, async (_request: unknown, response: unknown) => {
      const { contentType, body } = await this.metrics.expose();
      adapter.setHeader(response, 'Content-Type', contentType);
      adapter.reply(response, body, 200);
    });
  }
}

function isTaken(instance: Routed, path: string): boolean {
  if (typeof instance.hasRoute === 'function') return instance.hasRoute({ method: 'GET', url: path });
  // A catch-all counts too: Express asks its routes in their order, and ours would come after it.
  return (
    instance.router?.stack?.some(
      (layer) => answersGet(layer) && layer.matchers?.some((match) => Boolean(match(path))),
    ) ?? false
  );
}

function answersGet({ route }: Layer): boolean {
  const { methods, stack } = route ?? {};
  if (methods?.['get'] !== true && methods?.['_all'] !== true) return false;
  return stack?.every(({ handle }) => isMiddleware(handle)) !== true;
}
