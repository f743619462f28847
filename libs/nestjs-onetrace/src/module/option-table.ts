import type { ObservabilityModuleOptions } from './observability.options.js';
import { KINDS, type OptionKind } from './option-kinds.js';

/** What one option takes, and what applies where it is left out. */
export interface OptionRule extends OptionKind {
  /** In the order in which it is looked for: variables, then the default; `undefined` for a group and a required option. */
  readonly otherwise?: string;
  readonly required?: boolean;
}

/** The members of an option that is a group of further options. */
type Group<T> =
  Extract<Exclude<T, undefined>, object> extends infer O
    ? O extends readonly unknown[] | ((...args: never[]) => unknown)
      ? never
      : O
    : never;

/** Every option by its path: `sampling`, `sampling.ratio` ... */
export type OptionPath = {
  [K in keyof ObservabilityModuleOptions]-?:
    | K
    | (Group<ObservabilityModuleOptions[K]> extends never
        ? never
        : `${K}.${MemberPath<Group<ObservabilityModuleOptions[K]>>}`);
}[keyof ObservabilityModuleOptions];

/** The members of a group, and theirs where one is a group of further options itself. */
type MemberPath<T> = {
  [M in keyof T & string]-?:
    | M
    | (M extends 'requests' | 'workflows' | 'activities' | 'modelCalls' | 'debug'
        ? `${M}.${keyof Group<T[M]> & string}`
        : never);
}[keyof T & string];

const TABLE: Readonly<Record<OptionPath, OptionRule>> = {
  component: { ...KINDS.text, required: true },
  service: { ...KINDS.text, otherwise: '`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, else `component`' },
  version: { ...KINDS.text, otherwise: '`OTEL_RESOURCE_ATTRIBUTES`, else none' },
  environment: { ...KINDS.text, otherwise: '`OTEL_RESOURCE_ATTRIBUTES`, `NODE_ENV`, else none' },
  sampling: KINDS.group,
  'sampling.ratio': { ...KINDS.ratio, otherwise: '`OTEL_TRACES_SAMPLER`, else 1' },
  'sampling.byEnvironment': { ...KINDS.ratios, otherwise: 'none; an environment that it does not name samples all' },
  'sampling.trustParent': { ...KINDS.boolean, otherwise: 'true' },
  limits: KINDS.group,
  'limits.attributes': {
    ...KINDS.count,
    otherwise: '`OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, `OTEL_ATTRIBUTE_COUNT_LIMIT`, else 128',
  },
  'limits.attributeLength': {
    ...KINDS.length,
    otherwise: '`OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, else no limit',
  },
  'limits.events': { ...KINDS.count, otherwise: '`OTEL_SPAN_EVENT_COUNT_LIMIT`, else 128' },
  'limits.links': { ...KINDS.count, otherwise: '`OTEL_SPAN_LINK_COUNT_LIMIT`, else 128' },
  shutdownTimeoutMs: { ...KINDS.wait, otherwise: '5000' },
  export: { ...KINDS.export, otherwise: "`OTEL_SDK_DISABLED`, `OTEL_TRACES_EXPORTER`, else `'otlp'`" },
  'export.url': { ...KINDS.url, required: true },
  'export.headers': { ...KINDS.headers, otherwise: '`OTEL_EXPORTER_OTLP_HEADERS`, else none' },
  'export.timeoutMs': { ...KINDS.deadline, otherwise: '`OTEL_EXPORTER_OTLP_TIMEOUT`, else 10000' },
  'export.compression': { ...KINDS.compression, otherwise: "`OTEL_EXPORTER_OTLP_COMPRESSION`, else `'none'`" },
  trust: { ...KINDS.trust, otherwise: "`'private'`" },
  ignore: { ...KINDS.paths, otherwise: 'health checks at the root, and `/favicon.ico`' },
  // It may be the key itself, given in the wrong place.
  privacy: { ...KINDS.group, secret: true },
  'privacy.hashKey': { ...KINDS.hashKey, otherwise: '`ONETRACE_HASH_KEY`, else none' },
  'privacy.hash': { ...KINDS.keys, otherwise: '`user.id`' },
  'privacy.drop': { ...KINDS.keys, otherwise: '`patient.id`, `password`' },
  'privacy.redact': { ...KINDS.patterns, otherwise: 'none beside the secrets known by name' },
  'privacy.keep': { ...KINDS.patterns, otherwise: 'none' },
  http: KINDS.group,
  'http.propagateTo': { ...KINDS.origins, otherwise: 'none' },
  'http.traceresponse': { ...KINDS.boolean, otherwise: 'false' },
  logging: KINDS.group,
  'logging.level': { ...KINDS.level, otherwise: "`'info'`" },
  'logging.redact': { ...KINDS.valuePaths, otherwise: 'none' },
  'logging.destination': { ...KINDS.destination, otherwise: 'stdout' },
  'logging.pretty': { ...KINDS.pretty, otherwise: "`'auto'`" },
  'logging.captureConsole': { ...KINDS.boolean, otherwise: 'false' },
  'logging.captureProcess': { ...KINDS.boolean, otherwise: 'true' },
  'logging.requests': KINDS.group,
  'logging.requests.started': { ...KINDS.boolean, otherwise: 'true' },
  'logging.requests.clientErrors': { ...KINDS.clientErrors, otherwise: "`'warn'`" },
  'logging.requests.slowMs': { ...KINDS.threshold, otherwise: '2000' },
  'logging.workflows': KINDS.group,
  'logging.workflows.started': { ...KINDS.boolean, otherwise: 'true' },
  'logging.workflows.slowMs': { ...KINDS.threshold, otherwise: 'false' },
  'logging.activities': KINDS.group,
  'logging.activities.started': { ...KINDS.boolean, otherwise: 'true' },
  'logging.activities.slowMs': { ...KINDS.threshold, otherwise: 'false' },
  'logging.modelCalls': KINDS.group,
  'logging.modelCalls.started': { ...KINDS.boolean, otherwise: 'true' },
  'logging.modelCalls.slowMs': { ...KINDS.threshold, otherwise: 'false' },
  'logging.debug': KINDS.group,
  'logging.debug.header': { ...KINDS.headerName, otherwise: '`X-Debug`' },
  'logging.debug.clients': { ...KINDS.ids, otherwise: 'none' },
  'logging.debug.pipelines': { ...KINDS.ids, otherwise: 'none' },
  'logging.levelSignal': { ...KINDS.signal, otherwise: 'none' },
  metrics: { ...KINDS.metrics, otherwise: '`{ path }` with its default' },
  'metrics.path': { ...KINDS.metricsPath, otherwise: '`/metrics`' },
};

/** Every option of `ObservabilityModule`; the compiler holds it to the public type, a test holds the reference to it. */
export const OPTION_RULES: ReadonlyMap<string, OptionRule> = new Map(Object.entries(TABLE));

/** Names of the options directly under a path; of the first level for `''`. */
export function memberNames(path: string): readonly string[] {
  const start = path === '' ? '' : `${path}.`;
  return [...OPTION_RULES.keys()]
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length))
    .filter((name) => !name.includes('.'));
}
