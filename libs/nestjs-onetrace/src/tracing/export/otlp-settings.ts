import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { noticeOnce } from '../notice.js';
import { redactText } from '../redaction/index.js';
import type { ExportOption } from '../tracing-options.js';
import { numberVariable } from './number-variable.js';
import { otlpHttpConfiguration } from './opentelemetry.js';
import { SERIALIZERS, type SpanSerializer } from './span-serializer.js';

/** How spans are sent to one OTLP receiver. */
export interface OtlpSettings {
  readonly url: URL;
  /** Asked for each request: OpenTelemetry lets headers change. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly agent: () => Promise<HttpAgent | HttpsAgent>;
  readonly gzip: boolean;
  /** Longest time for one batch, all attempts together, in milliseconds. */
  readonly timeoutMs: number;
  readonly serializer: SpanSerializer;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_URL = 'http://localhost:4318/v1/traces';
const CONTENT_TYPES = { 'http/protobuf': 'application/x-protobuf', 'http/json': 'application/json' } as const;
type Protocol = keyof typeof CONTENT_TYPES;

/** Explicit options win over `OTEL_EXPORTER_OTLP_*` variables, and those over OpenTelemetry's defaults. */
export function otlpSettings(option: Exclude<ExportOption, string> | undefined, exportTimeoutMs: number): OtlpSettings {
  warnOfWrongEndpoint();
  warnOfWrongValues();
  const protocol = chosenProtocol();
  const configuration = otlpHttpConfiguration(
    {
      ...(option === undefined ? {} : { url: tracesUrl(option.url) }),
      ...(option?.headers === undefined ? {} : { headers: { ...option.headers } }),
      ...(option?.timeoutMs === undefined ? {} : { timeoutMillis: option.timeoutMs }),
      ...(option?.compression === undefined ? {} : { compression: option.compression }),
    },
    CONTENT_TYPES[protocol],
  );
  const url = isHttp(configuration.url) ? new URL(configuration.url) : new URL(DEFAULT_URL);
  return {
    url,
    headers: configuration.headers,
    agent: async () => configuration.agentFactory(url.protocol),
    gzip: configuration.compression === 'gzip',
    timeoutMs: Math.min(configuration.timeoutMillis, exportTimeoutMs),
    serializer: SERIALIZERS[protocol],
  };
}

/** Many settings name the whole path, as OpenTelemetry's own exporter takes it; added once more it leads nowhere. */
function tracesUrl(base: string): string {
  return base.replace(/(?:\/v1\/traces)?\/*$/, '/v1/traces');
}

function chosenProtocol(): Protocol {
  const name =
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL' in process.env
      ? 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'
      : 'OTEL_EXPORTER_OTLP_PROTOCOL';
  const wanted = process.env[name]?.trim() ?? '';
  if (wanted === '') return 'http/protobuf';
  if (Object.hasOwn(CONTENT_TYPES, wanted)) return wanted as Protocol;
  noticeOnce(
    'otlp-protocol',
    `${name} is "${redactText(wanted)}"; spans are sent as http/protobuf instead. Set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL to http/protobuf ` +
      "or http/json and OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to the receiver's HTTP port (4318 by default; 4317 is gRPC)",
  );
  return 'http/protobuf';
}

function warnOfWrongEndpoint(): void {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const value = process.env[name]?.trim() ?? '';
    if (value === '' || isHttp(value)) continue;
    noticeOnce(
      `variable:${name}`,
      `${name} is "${redactText(value)}"; it takes an http or https address such as http://localhost:4318; it is left out`,
    );
  }
}

/** OpenTelemetry's own reader passes over these in silence. */
function warnOfWrongValues(): void {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT']) {
    numberVariable(name, DEFAULT_TIMEOUT_MS, 1);
  }
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', 'OTEL_EXPORTER_OTLP_COMPRESSION']) {
    const value = process.env[name]?.trim() ?? '';
    if (['', 'gzip', 'none'].includes(value)) continue;
    noticeOnce(`variable:${name}`, `${name} is "${redactText(value)}"; it takes gzip or none; none is used`);
  }
}

/** `collector:4318` is a URL too: one of the scheme `collector`. */
function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
