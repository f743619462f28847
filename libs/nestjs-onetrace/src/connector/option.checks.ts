import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import { describeReceived, nearestName } from '../tracing/index.js';
import type { ConnectorOptions } from './connector.options.js';
import { checkConflicts } from './option.conflicts.js';

/** What an option takes, and whether a value is that. A secret's value is not shown in the error. */
export interface Check {
  readonly accepts: string;
  readonly test: (value: unknown) => boolean;
  readonly secret?: boolean;
  /** What to write instead of this value, where that can be known. */
  readonly remedy?: (value: unknown) => string;
}

export const OBJECT: Check = { accepts: 'an object', test: isObject };
export const FLAG: Check = { accepts: 'true or false', test: (value) => typeof value === 'boolean' };
export const NAME: Check = { accepts: 'a non-empty text', test: (value) => typeof value === 'string' && value !== '' };
/** Headers that the connection writes itself, or cannot do: with one of another's the request would not go out. */
const FRAMING: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
]);
const LONGEST_MS = 24 * 60 * 60 * 1000;

const FACTORY: Check = {
  accepts: 'a function that returns the options but the name, such as () => ({ protocol, baseUrl })',
  test: (value) => typeof value === 'function',
};

export const HEADERS: Check = {
  accepts: `an object of header names (but ${[...FRAMING].join(', ')}) and printable ASCII values`,
  test: (value) =>
    isObject(value) && Object.entries(value).every(([key, item]) => isOwnHeader(key) && isHeaderValue(item)),
  secret: true,
};

const CHECKS: Readonly<Record<string, Check>> = {
  name: NAME,
  protocol: {
    accepts: "'openai', 'kserve' or 'http'",
    test: (value) => ['openai', 'kserve', 'http'].includes(value as string),
  },
  baseUrl: {
    accepts: 'an http or https address without user, password, query or fragment, such as http://vllm:8000',
    test: isBaseUrl,
    // It may hold a password: exactly then it is refused.
    secret: true,
    remedy: (value) => (isHostAndPort(value) ? `; write http://${value} or https://${value}` : ''),
  },
  apiKey: { accepts: 'a non-empty text of printable ASCII', test: isHeaderValue, secret: true },
  headers: HEADERS,
  timeouts: OBJECT,
  'timeouts.connectMs': integer(1, LONGEST_MS),
  'timeouts.headersMs': integer(1, LONGEST_MS),
  'timeouts.firstTokenMs': integer(1, LONGEST_MS),
  'timeouts.idleMs': integer(1, LONGEST_MS),
  'timeouts.totalMs': integer(1, LONGEST_MS),
  retry: {
    accepts: 'an object such as { maxAttempts: 1 }, which switches retries off',
    test: isObject,
  },
  'retry.maxAttempts': integer(1, 20),
  'retry.initialDelayMs': integer(1, LONGEST_MS),
  'retry.maxDelayMs': integer(1, LONGEST_MS),
  'retry.maxRetryAfterMs': integer(0, LONGEST_MS),
  'retry.budget': falseOr('{ ratio, minRetries, windowMs }'),
  'retry.budget.ratio': {
    accepts: 'a number from 0 to 10',
    test: (value) => typeof value === 'number' && value >= 0 && value <= 10,
  },
  'retry.budget.minRetries': integer(0, 1_000_000),
  'retry.budget.windowMs': integer(100, LONGEST_MS),
  circuitBreaker: falseOr('{ consecutiveFailures, halfOpenAfterMs }'),
  'circuitBreaker.consecutiveFailures': integer(1, 1_000_000),
  'circuitBreaker.halfOpenAfterMs': integer(1, LONGEST_MS),
  concurrency: falseOr('{ maxConcurrent, maxQueued }'),
  'concurrency.maxConcurrent': integer(1, 1_000_000),
  'concurrency.maxQueued': integer(0, 1_000_000),
  maxResponseBytes: integer(1, Number.MAX_SAFE_INTEGER),
  maxEventCharacters: integer(1, 512 * 1024 * 1024),
  foreign: FLAG,
  provider: NAME,
  captureContent: {
    accepts: 'true, false or { maxBytes }',
    test: (value) => typeof value === 'boolean' || isObject(value),
  },
  'captureContent.maxBytes': integer(64, 1024 * 1024),
  prices: {
    accepts:
      'an object of models, each with inputPerMillion, and with outputPerMillion, cachedInputPerMillion and a currency such as USD where you like; amounts from 0',
    test: isObject,
  },
  metrics: OBJECT,
  'metrics.models': {
    accepts: 'a list of at least one non-empty text; without it the first 50 models have their names',
    test: (value) => Array.isArray(value) && value.length > 0 && value.every(NAME.test),
  },
};
const AMOUNT: Check = {
  accepts: 'a number from 0',
  test: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
};
/** Of one model in `prices`. */
const PRICE_CHECKS: Readonly<Record<string, Check>> = {
  inputPerMillion: AMOUNT,
  outputPerMillion: AMOUNT,
  cachedInputPerMillion: AMOUNT,
  currency: {
    accepts: 'three capitals by ISO 4217, such as USD',
    test: (value) => typeof value === 'string' && /^[A-Z]{3}$/.test(value),
  },
};
const REQUIRED = ['name', 'protocol', 'baseUrl'] as const;
const NESTED: ReadonlySet<string> = new Set([
  'timeouts',
  'retry',
  'retry.budget',
  'circuitBreaker',
  'concurrency',
  'captureContent',
  'metrics',
]);

/** Whether a connector as a whole has an option of this name. */
export function isConnectorOption(name: string): boolean {
  return Object.hasOwn(CHECKS, name);
}

/**
 * Checks what a user gave to `registerAsync`.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION
 */
export function checkAsyncOptions(options: unknown): void {
  if (!isObject(options)) throw invalid('ConnectorModule.registerAsync', 'options', options, OBJECT);
  const { name, useFactory } = options;
  if (!NAME.test(name)) throw invalid('ConnectorModule.registerAsync', 'name', name, NAME);
  if (!FACTORY.test(useFactory))
    throw invalid(`ConnectorModule.registerAsync of "${String(name)}"`, 'useFactory', useFactory, FACTORY);
}

/**
 * Checks what a user gave as options of a connector.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION naming the option, what it got and what it takes.
 */
export function checkOptions(options: unknown): void {
  if (!isObject(options)) throw invalid('Connector', 'options', options, OBJECT);
  const subject = typeof options['name'] === 'string' ? `Connector "${options['name']}"` : 'Connector';
  checkObject(subject, options, '');
  for (const name of REQUIRED) {
    if (options[name] === undefined) throw invalid(subject, name, undefined, CHECKS[name] as Check);
  }
  checkConflicts(options as unknown as ConnectorOptions);
}

/** Whether a value is a text that may stand in an HTTP header. */
export function isHeaderValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}

function checkObject(subject: string, value: Readonly<Record<string, unknown>>, prefix: string): void {
  for (const [key, item] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (check === undefined) {
      const known = Object.keys(CHECKS).filter(
        (other) => other.startsWith(prefix) && !other.slice(prefix.length).includes('.'),
      );
      throw unknown(subject, name, known);
    }
    if (item === undefined) continue;
    if (!check.test(item)) throw invalid(subject, name, item, check);
    if (NESTED.has(name) && isObject(item)) checkObject(subject, item, `${name}.`);
    if (name === 'prices') for (const model of Object.entries(item as object)) checkPrice(subject, model);
  }
}

function checkPrice(subject: string, [model, price]: [model: string, price: unknown]): void {
  const prefix = `prices.${model}`;
  if (!isObject(price)) throw invalid(subject, prefix, price, { ...OBJECT, accepts: 'an object with inputPerMillion' });
  for (const [key, value] of Object.entries(price)) {
    const check = Object.hasOwn(PRICE_CHECKS, key) ? PRICE_CHECKS[key] : undefined;
    const name = `${prefix}.${key}`;
    if (check === undefined) {
      const known = Object.keys(PRICE_CHECKS).map((other) => `${prefix}.${other}`);
      throw unknown(subject, name, known);
    }
    if (value !== undefined && !check.test(value)) throw invalid(subject, name, value, check);
  }
  if (price['inputPerMillion'] === undefined) throw invalid(subject, `${prefix}.inputPerMillion`, undefined, AMOUNT);
}

/** There is no such option. @param known the names of those that there are. */
export function unknown(subject: string, name: string, known: readonly string[]): OnetraceError {
  const near = nearestName(name, known);
  const takes = near === undefined ? 'it takes' : `did you mean "${near}"? It takes`;
  return new OnetraceError(
    ERROR_CODES.invalidOption,
    `${subject} has no option "${name}"; ${takes} ${known.join(', ')}`,
  );
}

/** An option has a value that it does not take. */
export function invalid(
  subject: string,
  name: string,
  received: unknown,
  { accepts, secret, remedy }: Check,
): OnetraceError {
  const shown =
    received === undefined ? 'undefined' : secret === true ? 'something else (not shown)' : describeReceived(received);
  return new OnetraceError(
    ERROR_CODES.invalidOption,
    `${subject} option "${name}" is ${shown}; it takes ${accepts}${remedy?.(received) ?? ''}`,
  );
}

function falseOr(members: string): Check {
  return { accepts: `false or ${members}`, test: (value) => value === false || isObject(value) };
}

function integer(min: number, max: number): Check {
  return {
    accepts: `an integer from ${min} to ${max}`,
    test: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
  };
}

function isBaseUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === '';
}

/** Such as `vllm:8000/v1`, which is an address but for its scheme; without anything that could be a secret. */
function isHostAndPort(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]+(?::\d{1,5})?(?:\/v\d+)?\/?$/.test(value);
}

function isOwnHeader(name: string): boolean {
  return /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/.test(name) && !FRAMING.has(name.toLowerCase());
}

/** Whether a value is an object with options. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
