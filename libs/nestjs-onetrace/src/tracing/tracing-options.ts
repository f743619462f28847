import type { RedactionSettings } from './redaction/index.js';

/** Where spans go: OpenTelemetry's own default (OTLP/HTTP to port 4318 of this host), the console, nowhere, or a named place. */
export type ExportOption =
  | 'otlp'
  | 'console'
  | 'none'
  | {
      /** Base address of an OTLP/HTTP receiver; `/v1/traces` is added where it does not end so. */
      readonly url: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Longest wait for one export, in milliseconds. Default: `OTEL_EXPORTER_OTLP_TIMEOUT`, else 10 000. */
      readonly timeoutMs?: number;
      /** Default: `OTEL_EXPORTER_OTLP_COMPRESSION`, else none. */
      readonly compression?: 'gzip' | 'none';
    };

/** Which new traces are sampled. Lines are never sampled. */
export interface SamplingSettings {
  /** Share of new traces that is sampled, 0 to 1; `undefined` leaves it to `OTEL_TRACES_SAMPLER`, else 1. */
  readonly ratio: number | undefined;
  /** Whether the decision of a trusted caller is followed. */
  readonly trustParent: boolean;
}

/** Bounds of one span; `undefined` leaves it to `OTEL_SPAN_*` and `OTEL_ATTRIBUTE_*`, else OpenTelemetry's defaults. */
export interface LimitSettings {
  /** Attributes of a span. */
  readonly attributes: number | undefined;
  /** Characters of a text value. */
  readonly attributeLength: number | undefined;
  readonly events: number | undefined;
  readonly links: number | undefined;
}

/** What happens to attributes of spans, events, links and resource, and to what is logged, before it leaves the process. */
export interface PrivacySettings extends RedactionSettings {
  /** Key of the HMAC; without one, what `hash` names is dropped. */
  readonly hashKey: string | undefined;
}

/** What the tracing room needs to know, resolved; no value is left open that no `OTEL_*` variable decides. */
export interface TracingSettings {
  /** Name of the component and, where `service` is not given, of the service. */
  readonly component: string;
  readonly service: string;
  readonly version: string | undefined;
  readonly environment: string | undefined;
  readonly sampling: SamplingSettings;
  readonly limits: LimitSettings;
  readonly privacy: PrivacySettings;
  /** `undefined` leaves it to `OTEL_TRACES_EXPORTER`, else OTLP. */
  readonly export: ExportOption | undefined;
  /** Longest wait for the last spans at shutdown, in milliseconds. */
  readonly shutdownTimeoutMs: number;
}

/** Settings that decide nothing but what is given: everything else by default. */
export function defaultTracingSettings(component: string): TracingSettings {
  return {
    component,
    service: component,
    version: undefined,
    environment: undefined,
    sampling: { ratio: undefined, trustParent: true },
    limits: { attributes: undefined, attributeLength: undefined, events: undefined, links: undefined },
    privacy: {
      hashKey: undefined,
      hash: ['user.id'],
      drop: ['patient.id', 'password'],
      redact: [],
      keep: [],
      paths: [],
    },
    export: undefined,
    shutdownTimeoutMs: 5000,
  };
}
