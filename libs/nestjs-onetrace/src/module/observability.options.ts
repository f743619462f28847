import type { DestinationStream } from 'pino';
import type { LineDestination } from '../logging/index.js';
import type { TrustRule } from '../context/index.js';
import type { ExportOption } from '../tracing/index.js';

/** Options of `ObservabilityModule.forRoot`. Only `component` is required. */
export interface ObservabilityModuleOptions {
  /** Name of this component of the chain, on every line and span: `gateway`, `worker` ... */
  readonly component: string;
  /** `service.name` of the spans. Default: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, else the component. */
  readonly service?: string;
  /** `service.version` of the spans. Default: `OTEL_RESOURCE_ATTRIBUTES`, else none. */
  readonly version?: string;
  /** `deployment.environment.name` of the spans. Default: `OTEL_RESOURCE_ATTRIBUTES`, `NODE_ENV`, else none. */
  readonly environment?: string;
  readonly sampling?: {
    /** Share of new traces that is sampled, 0 to 1. Default: `OTEL_TRACES_SAMPLER`, else 1. Lines are never sampled. */
    readonly ratio?: number;
    /**
     * The same by `environment`, for one build that runs in several; an environment that is not named samples all.
     * Not beside `ratio`. Default: none.
     */
    readonly byEnvironment?: Readonly<Record<string, number>>;
    /** Whether the decision of a trusted caller is followed. Default: true. */
    readonly trustParent?: boolean;
  };
  /** Bounds of one span. Default: `OTEL_SPAN_*` and `OTEL_ATTRIBUTE_*` variables, else OpenTelemetry's defaults. */
  readonly limits?: {
    /** Attributes of a span. Default: 128. */
    readonly attributes?: number;
    /** Characters of a text value. Default: no limit. */
    readonly attributeLength?: number;
    /** Events of a span. Default: 128. */
    readonly events?: number;
    /** Links of a span. Default: 128. */
    readonly links?: number;
  };
  /** Longest wait for the last spans at shutdown, in milliseconds. Default: 5000. */
  readonly shutdownTimeoutMs?: number;
  /**
   * Where spans go. Default: `OTEL_TRACES_EXPORTER`, else OTLP/HTTP to `OTEL_EXPORTER_OTLP_ENDPOINT`, else to port 4318
   * of this host.
   */
  readonly export?: ExportOption;
  /**
   * Whose `traceparent`, `baggage`, `X-Request-ID` and `X-Client-ID` are believed, by the socket's peer address.
   * Default: `'private'`.
   */
  readonly trust?: TrustRule;
  /**
   * Paths without span, line and metric: a text is the whole path, a pattern what it finds. Default: health checks at
   * the root, and `/favicon.ico`. The metrics' own path is always left out.
   */
  readonly ignore?: readonly (string | RegExp)[];
  readonly privacy?: {
    /** Key of the hash, at least 16 characters. Default: `ONETRACE_HASH_KEY`. Without one, what should be hashed is dropped. */
    readonly hashKey?: string;
    /** Attributes whose values are replaced by their keyed hash. Default: `['user.id']`. */
    readonly hash?: readonly string[];
    /** Attributes that never leave the process; none that `hash` names. Default: `['patient.id', 'password']`. */
    readonly drop?: readonly string[];
    /**
     * Keys of attributes and, at any depth, of what is logged whose values are replaced by `[redacted]`, beside the secrets that
     * are known by name: a text is the whole key, a pattern what it finds. Default: none.
     */
    readonly redact?: readonly (string | RegExp)[];
    /** Keys, in the same form, that are no secrets although their names say so. Default: none. */
    readonly keep?: readonly (string | RegExp)[];
  };
  readonly http?: {
    /**
     * Targets of the application's own `fetch`, undici and `node:http` calls that are sent the trace: an origin
     * (`http://orders:3000`), or a pattern for the whole URL. Default: none.
     */
    readonly propagateTo?: readonly (string | RegExp)[];
    /** Also answers with `traceresponse`, an editor's draft of W3C. Default: false. */
    readonly traceresponse?: boolean;
  };
  readonly logging?: {
    /** Least severe level that is written. Default: `info`. */
    readonly level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
    /**
     * Paths in what is given to a line whose values are replaced by `[redacted]`, in pino's notation: `user.address.street`,
     * `items[*].pin`. Default: none.
     */
    readonly redact?: readonly string[];
    /** Where lines go: one pino destination, or a list of them, each with a level of its own. Default: stdout. */
    readonly destination?: DestinationStream | readonly LineDestination[];
    /** Lines for people instead of JSON on stdout; `auto`: on a terminal, but not in production. Default: `auto`. */
    readonly pretty?: 'auto' | boolean;
    /** Makes lines of `console.log` and its relatives, until the application is closed. Default: false. */
    readonly captureConsole?: boolean;
    /** Writes lines for uncaught errors, unhandled rejections and Node's warnings. Default: true. */
    readonly captureProcess?: boolean;
    /** Lines "request started" and "request completed". */
    readonly requests?: {
      /** Whether the beginning is told. Default: true. */
      readonly started?: boolean;
      /** Level of the end with a status from 400 to 499. Default: `warn`. */
      readonly clientErrors?: 'warn' | 'info';
      /** Duration in milliseconds from which the end is a warning; `false` for none. Default: 2000. */
      readonly slowMs?: number | false;
    };
    /** Lines of workflows that run in this process. */
    readonly workflows?: WorkLineOptions;
    /** Lines of activities that run in this process. */
    readonly activities?: WorkLineOptions;
    /** Lines of the connector's calls. */
    readonly modelCalls?: WorkLineOptions;
    /** Flows whose debug lines are written whatever the level, in every process that they go through. */
    readonly debug?: {
      /** Header by which a trusted peer asks for it (`X-Debug: 1`); `false` for none. Default: `X-Debug`. */
      readonly header?: string | false;
      /** Client IDs. Default: none. */
      readonly clients?: readonly string[];
      /** Pipeline IDs. Default: none. */
      readonly pipelines?: readonly string[];
    };
    /** Signal that changes the level to `debug`, and back when it comes again. Default: none. */
    readonly levelSignal?: 'SIGUSR2' | 'SIGHUP';
  };
  /** Prometheus metrics; `false` switches them off. Default: served on `/metrics`. */
  readonly metrics?:
    | false
    | {
        /** Path on the application's own server. Default: `/metrics`. */
        readonly path?: string;
      };
}

/** How the lines of one kind of work are written. */
export interface WorkLineOptions {
  /** Whether the beginning is told. Default: true. */
  readonly started?: boolean;
  /** Duration in milliseconds from which the end is a warning; `false` for none. Default: false. */
  readonly slowMs?: number | false;
}

/** Makes the options for `forRootAsync({ useClass | useExisting })`. */
export interface ObservabilityOptionsFactory {
  createObservabilityOptions(): ObservabilityModuleOptions | Promise<ObservabilityModuleOptions>;
}
