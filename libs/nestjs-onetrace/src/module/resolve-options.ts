import { compileHopTrust, compileTrust } from '../context/index.js';
import { compileIgnore, DEFAULT_IGNORED_PATHS, DEFAULT_REQUEST_LINES, type HttpSettings } from '../http/index.js';
import { DEFAULT_WORK_LINES, type LoggingSettings } from '../logging/index.js';
import { ATTR, HEADERS } from '../semantics/index.js';
import { defaultTracingSettings, type PrivacySettings, type TracingSettings } from '../tracing/index.js';
import type { CaptureSettings } from './captures.js';
import { readVariable, resourceVariables } from './environment-variables.js';
import { captureSettings, loggingSettings } from './logging-settings.js';
import type { ObservabilityModuleOptions } from './observability.options.js';
import type { LineSettings } from './line-settings.js';
import { isHashKey } from './option-kinds.js';
import { readOptions } from './read-options.js';

/** The options as the rooms use them: checked, complete, read-only. */
export interface ResolvedObservabilityOptions {
  readonly tracing: TracingSettings;
  readonly logging: LoggingSettings;
  readonly capture: CaptureSettings;
  readonly http: HttpSettings;
  readonly lines: LineSettings;
  /** Path of the metrics; `undefined` when they are off. */
  readonly metricsPath: string | undefined;
  /** What was left out because it is wrong, or decides nothing; to be said once lines can be written. */
  readonly notices: readonly string[];
}

/**
 * Checks the user's options and fills in what is left open: explicit options win over variables, and those over
 * defaults. A wrong option stops the start, a wrong variable is left out and said.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION naming the option, what it got, what it takes and what to do.
 */
export function resolveOptions(given: unknown): ResolvedObservabilityOptions {
  const options = readOptions(given);
  const { component } = options;
  const notices: string[] = [];
  const hashKey = options.privacy?.hashKey ?? hashKeyVariable(notices);
  const { logging } = options;
  const metricsPath = options.metrics === false ? undefined : (options.metrics?.path ?? '/metrics');
  const environment = environmentOf(options);
  return {
    tracing: { ...tracingSettings(options, environment, notices), privacy: privacySettings(options, hashKey) },
    logging: loggingSettings(options, environment),
    capture: captureSettings(logging),
    http: {
      component,
      propagateTo: options.http?.propagateTo ?? [],
      traceresponse: options.http?.traceresponse ?? false,
      debugHeader: debugHeader(logging?.debug?.header),
      lines: { ...DEFAULT_REQUEST_LINES, ...logging?.requests },
      isTrusted: compileTrust(options.trust ?? 'private'),
      isTrustedHop: compileHopTrust(options.trust ?? 'private'),
      isIgnored: compileIgnore([
        ...(options.ignore ?? DEFAULT_IGNORED_PATHS),
        ...(metricsPath === undefined ? [] : [metricsPath]),
      ]),
    },
    lines: lineSettings(logging),
    metricsPath,
    notices,
  };
}

function lineSettings(logging: ObservabilityModuleOptions['logging']): LineSettings {
  return {
    work: {
      workflows: { ...DEFAULT_WORK_LINES, ...logging?.workflows },
      activities: { ...DEFAULT_WORK_LINES, ...logging?.activities },
      modelCalls: { ...DEFAULT_WORK_LINES, ...logging?.modelCalls },
    },
    debug: { clients: logging?.debug?.clients ?? [], pipelines: logging?.debug?.pipelines ?? [] },
    levelSignal: logging?.levelSignal,
  };
}

function debugHeader(name: string | false = HEADERS.debug): string | undefined {
  return name === false ? undefined : name.toLowerCase();
}

function environmentOf(options: ObservabilityModuleOptions): string | undefined {
  return options.environment ?? resourceVariables().get(ATTR.deploymentEnvironment) ?? readVariable('NODE_ENV');
}

function tracingSettings(
  options: ObservabilityModuleOptions,
  environment: string | undefined,
  notices: string[],
): TracingSettings {
  const { component, sampling } = options;
  const defaults = defaultTracingSettings(component);
  const resource = resourceVariables();
  return {
    ...defaults,
    service: options.service ?? readVariable('OTEL_SERVICE_NAME') ?? resource.get(ATTR.serviceName) ?? component,
    version: options.version ?? resource.get(ATTR.serviceVersion),
    environment,
    sampling: {
      ratio: sampling?.ratio ?? ratioFor(environment, sampling?.byEnvironment, notices),
      trustParent: sampling?.trustParent ?? defaults.sampling.trustParent,
    },
    limits: { ...defaults.limits, ...options.limits },
    export: options.export,
    shutdownTimeoutMs: options.shutdownTimeoutMs ?? defaults.shutdownTimeoutMs,
  };
}

/** What the user names in one list leaves the default of the other: explicit options win over defaults. */
function privacySettings(
  { component, privacy, logging }: ObservabilityModuleOptions,
  hashKey: string | undefined,
): PrivacySettings {
  const defaults = defaultTracingSettings(component).privacy;
  const without = (keys: readonly string[], named: readonly string[] = []): readonly string[] =>
    keys.filter((key) => !named.includes(key));
  return {
    hashKey,
    hash: privacy?.hash ?? without(defaults.hash, privacy?.drop),
    drop: privacy?.drop ?? without(defaults.drop, privacy?.hash),
    redact: privacy?.redact ?? defaults.redact,
    keep: privacy?.keep ?? defaults.keep,
    paths: logging?.redact ?? defaults.paths,
  };
}

function ratioFor(
  environment: string | undefined,
  ratios: Readonly<Record<string, number>> | undefined,
  notices: string[],
): number | undefined {
  if (ratios === undefined) return undefined;
  if (environment !== undefined && Object.hasOwn(ratios, environment)) return ratios[environment];
  notices.push(
    environment === undefined
      ? 'every trace is sampled, because `sampling.byEnvironment` is given and no environment; set the option ' +
          '`environment`, deployment.environment.name in OTEL_RESOURCE_ATTRIBUTES, or NODE_ENV'
      : `every trace is sampled, because \`sampling.byEnvironment\` does not name the environment "${environment}"; name it there`,
  );
  return 1;
}

function hashKeyVariable(notices: string[]): string | undefined {
  const key = readVariable('ONETRACE_HASH_KEY');
  if (key === undefined || isHashKey(key)) return key;
  notices.push(`ONETRACE_HASH_KEY has ${key.length} characters and is not used; set a key of at least 16`);
  return undefined;
}
