/** Where spans go: OpenTelemetry's own default (OTLP/HTTP to port 4318 of this host), the console, nowhere, or a named place. */
export type ExportOption =
  | 'otlp'
  | 'console'
  | 'none'
  | {
      /** Base address of an OTLP/HTTP receiver, without `/v1/traces`. */
      readonly url: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** What the tracing room needs to know, resolved; no value is left open. */
export interface TracingSettings {
  /** Name of the component and, where `service` is not given, of the service. */
  readonly component: string;
  readonly service: string;
  readonly version: string | undefined;
  readonly environment: string | undefined;
  /** Share of new traces that are sampled, 0 to 1; `undefined` leaves it to `OTEL_TRACES_SAMPLER`, else 1. */
  readonly samplingRatio: number | undefined;
  readonly export: ExportOption;
}
