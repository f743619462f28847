import type { DestinationStream } from 'pino';
import type { TrustRule } from '../context/index.js';
import type { ExportOption } from '../tracing/index.js';

/** Options of `ObservabilityModule.forRoot`. Only `component` is required. */
export interface ObservabilityModuleOptions {
  /** Name of this component of the chain, on every line and span: `gateway`, `worker` ... */
  readonly component: string;
  /** `service.name` of the spans. Default: `OTEL_SERVICE_NAME`, else the component. */
  readonly service?: string;
  /** `service.version` of the spans. */
  readonly version?: string;
  /** `deployment.environment.name` of the spans. Default: `NODE_ENV`. */
  readonly environment?: string;
  readonly sampling?: {
    /** Share of new traces that is sampled, 0 to 1. Default: `OTEL_TRACES_SAMPLER`, else 1. Lines are never sampled. */
    readonly ratio?: number;
  };
  /** Where spans go. Default: OTLP/HTTP to `OTEL_EXPORTER_OTLP_ENDPOINT`, else port 4318 of this host. */
  readonly export?: ExportOption;
  /**
   * Whose `traceparent`, `baggage`, `X-Request-ID` and `X-Client-ID` are believed, by the socket's peer address.
   * Default: `'private'`.
   */
  readonly trust?: TrustRule;
  /** Paths without span, line and metric. Default: health checks at the root, and favicon. The metrics' own path is always left out. */
  readonly ignore?: readonly (string | RegExp)[];
  readonly privacy?: {
    /** Key of `TracingService.hash`. Default: `ONETRACE_HASH_KEY`. */
    readonly hashKey?: string;
  };
  readonly logging?: {
    /** Least severe level that is written. Default: `info`. */
    readonly level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
    /** Where lines go. Default: stdout. */
    readonly destination?: DestinationStream;
  };
  /** Prometheus metrics; `false` switches them off. */
  readonly metrics?:
    | false
    | {
        /** Path on the application's own server. Default: `/metrics`. */
        readonly path?: string;
      };
}

/** Makes the options for `forRootAsync({ useClass | useExisting })`. */
export interface ObservabilityOptionsFactory {
  createObservabilityOptions(): ObservabilityModuleOptions | Promise<ObservabilityModuleOptions>;
}
