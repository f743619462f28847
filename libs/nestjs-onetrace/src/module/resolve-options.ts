import { compileTrust } from '../context/index.js';
import { compileIgnore, DEFAULT_IGNORED_PATHS, type HttpSettings } from '../http/index.js';
import type { LoggingSettings } from '../logging/index.js';
import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import { defaultTracingSettings, type TracingSettings } from '../tracing/index.js';
import type { ObservabilityModuleOptions } from './observability.options.js';

/** The options as the rooms use them: checked, complete, read-only. */
export interface ResolvedObservabilityOptions {
  readonly tracing: TracingSettings;
  readonly logging: LoggingSettings;
  readonly http: HttpSettings;
  readonly hashKey: string | undefined;
  /** Path of the metrics; `undefined` when they are off. */
  readonly metricsPath: string | undefined;
}

type Check = readonly [accepts: string, test: (value: unknown) => boolean];

const TEXT: Check = ['a non-empty text', (value) => typeof value === 'string' && value !== ''];
const OBJECT: Check = ['an object', isObject];
const BOOLEAN: Check = ['true or false', (value) => typeof value === 'boolean'];
const RATIO: Check = ['a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1];
const COUNT: Check = ['a whole number from 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0];
const KEYS: Check = ['a list of attribute keys', (value) => Array.isArray(value) && value.every(TEXT[1])];
const PATTERNS: Check = [
  'a list of texts and regular expressions',
  (value) => Array.isArray(value) && value.every((entry) => TEXT[1](entry) || entry instanceof RegExp),
];
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

const CHECKS: Readonly<Record<string, Check>> = {
  component: TEXT,
  service: TEXT,
  version: TEXT,
  environment: TEXT,
  sampling: OBJECT,
  'sampling.ratio': RATIO,
  'sampling.byEnvironment': [
    'an object of numbers from 0 to 1, by environment',
    (value) => isObject(value) && Object.values(value).every(RATIO[1]),
  ],
  'sampling.trustParent': BOOLEAN,
  limits: OBJECT,
  'limits.attributes': COUNT,
  'limits.attributeLength': COUNT,
  'limits.events': COUNT,
  'limits.links': COUNT,
  shutdownTimeoutMs: COUNT,
  export: [
    "'otlp', 'console', 'none' or { url, headers }",
    (value) => ['otlp', 'console', 'none'].includes(value as string) || (isObject(value) && isHttpUrl(value['url'])),
  ],
  trust: [
    "'none', 'private', a list of networks in CIDR notation, or a function of the request",
    (value) => {
      if (value === 'none' || value === 'private' || typeof value === 'function') return true;
      return Array.isArray(value) && value.every((entry) => typeof entry === 'string') && compiles(value);
    },
  ],
  ignore: [
    'a list of paths and regular expressions',
    (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string' || entry instanceof RegExp),
  ],
  privacy: OBJECT,
  'privacy.hashKey': ['a text of at least 16 characters', (value) => typeof value === 'string' && value.length >= 16],
  'privacy.hash': KEYS,
  'privacy.drop': KEYS,
  'privacy.redact': PATTERNS,
  http: OBJECT,
  'http.propagateTo': PATTERNS,
  'http.traceresponse': BOOLEAN,
  logging: OBJECT,
  'logging.level': [`one of ${LEVELS.join(', ')}`, (value) => LEVELS.includes(value as string)],
  'logging.destination': [
    'an object with a write method',
    (value) => isObject(value) && typeof value['write'] === 'function',
  ],
  metrics: ['false or { path }', (value) => value === false || isObject(value)],
  'metrics.path': ['a path that begins with /', (value) => typeof value === 'string' && value.startsWith('/')],
};

/**
 * Checks the user's options and fills in what is left open: explicit options win over `OTEL_*` variables, and those
 * over defaults.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION naming the option, what it got and what it takes.
 */
export function resolveOptions(options: ObservabilityModuleOptions): ResolvedObservabilityOptions {
  check(options, '');
  const { component } = options;
  if (component === undefined) throw invalid('component', undefined, CHECKS['component'] as Check);
  const env = process.env;
  const environment = options.environment ?? env['NODE_ENV'];
  const hashKey = options.privacy?.hashKey ?? env['ONETRACE_HASH_KEY'];
  const metricsPath = options.metrics === false ? undefined : (options.metrics?.path ?? '/metrics');
  const ownPaths = metricsPath === undefined ? [] : [metricsPath];
  const defaults = defaultTracingSettings(component);
  return {
    tracing: {
      component,
      service: options.service ?? env['OTEL_SERVICE_NAME'] ?? component,
      version: options.version,
      environment,
      sampling: {
        ratio: options.sampling?.ratio ?? ratioFor(environment, options.sampling?.byEnvironment),
        trustParent: options.sampling?.trustParent ?? defaults.sampling.trustParent,
      },
      limits: { ...defaults.limits, ...options.limits },
      privacy: { ...defaults.privacy, hashKey, ...options.privacy },
      export:
        options.export ??
        (env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none' ? 'none' : defaults.export),
      shutdownTimeoutMs: options.shutdownTimeoutMs ?? defaults.shutdownTimeoutMs,
    },
    logging: { component, level: options.logging?.level ?? 'info', destination: options.logging?.destination },
    http: {
      component,
      propagateTo: options.http?.propagateTo ?? [],
      traceresponse: options.http?.traceresponse ?? false,
      isTrusted: compileTrust(options.trust ?? 'private'),
      isIgnored: compileIgnore([...(options.ignore ?? DEFAULT_IGNORED_PATHS), ...ownPaths]),
    },
    hashKey,
    metricsPath,
  };
}

function ratioFor(
  environment: string | undefined,
  ratios: Readonly<Record<string, number>> | undefined,
): number | undefined {
  return ratios === undefined ? undefined : (ratios[environment ?? ''] ?? 1);
}

function check(value: unknown, path: string): void {
  if (!isObject(value)) throw invalid(path === '' ? 'options' : path, value, OBJECT);
  for (const [key, item] of Object.entries(value)) {
    const name = path === '' ? key : `${path}.${key}`;
    const rule = CHECKS[name];
    if (rule === undefined) {
      const known = Object.keys(CHECKS).filter((other) => other.startsWith(path === '' ? '' : `${path}.`));
      throw new OnetraceError(
        ERROR_CODES.invalidOption,
        `ObservabilityModule has no option "${name}"; it takes ${known.join(', ')}`,
      );
    }
    if (item === undefined) continue;
    if (!rule[1](item)) throw invalid(name, item, rule);
    if (rule === OBJECT || (name === 'metrics' && item !== false)) check(item, name);
  }
}

function invalid(name: string, received: unknown, [accepts]: Check): OnetraceError {
  let shown: string;
  try {
    shown = typeof received === 'function' ? 'a function' : (JSON.stringify(received) ?? String(received));
  } catch {
    shown = String(received);
  }
  return new OnetraceError(
    ERROR_CODES.invalidOption,
    `ObservabilityModule option "${name}" is ${shown.slice(0, 200)}; it takes ${accepts}`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function compiles(networks: string[]): boolean {
  try {
    compileTrust(networks);
    return true;
  } catch {
    return false;
  }
}
