import { types } from 'node:util';
import { compileTrust } from '../context/index.js';
import { isOptionsObject, stepsOf } from '../tracing/index.js';

/** Values that an option takes. */
export interface OptionKind {
  /** Completes "it takes ..." in the message, and stands in the reference. */
  readonly accepts: string;
  readonly test: (value: unknown) => boolean;
  /** What one element has to be, where a list is taken. */
  readonly entry?: (value: unknown) => boolean;
  /** The value never appears in a message. */
  readonly secret?: boolean;
}

/** Longest delay that a timer of Node.js can hold, in milliseconds. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;
// RFC 9110: a name is a token, a value has no control characters but the tab.
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const METRICS_PATH = /^\/[^\s?#*:{}]*$/;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const SHORTEST_KEY = 16;

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isRatio = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
const isWhole = (value: unknown, from: number, to: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to;
const isListOf =
  (entry: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && Array.from<unknown>(value).every(entry);
const listOf = (accepts: string, entry: (value: unknown) => boolean): OptionKind => ({
  accepts,
  test: isListOf(entry),
  entry,
});

/** Whether a text is long enough to be the key of a hash. */
export function isHashKey(value: unknown): boolean {
  return typeof value === 'string' && value.length >= SHORTEST_KEY;
}

/** The kinds of values that options take. */
export const KINDS = {
  text: { accepts: 'a text that is not blank', test: isText },
  boolean: { accepts: 'true or false', test: (value) => typeof value === 'boolean' },
  ratio: { accepts: 'a number from 0 to 1', test: isRatio },
  ratios: {
    accepts: 'an object of numbers from 0 to 1, by environment',
    test: (value) => isOptionsObject(value) && Object.values(value).every(isRatio),
  },
  count: { accepts: 'a whole number from 0', test: (value) => isWhole(value, 0, Number.MAX_SAFE_INTEGER) },
  length: { accepts: 'a whole number from 1', test: (value) => isWhole(value, 1, Number.MAX_SAFE_INTEGER) },
  wait: {
    accepts: `a whole number of milliseconds from 0 to ${LONGEST_DELAY_MS}`,
    test: (value) => isWhole(value, 0, LONGEST_DELAY_MS),
  },
  deadline: {
    accepts: `a whole number of milliseconds from 1 to ${LONGEST_DELAY_MS}`,
    test: (value) => isWhole(value, 1, LONGEST_DELAY_MS),
  },
  keys: listOf('a list of attribute keys', isText),
  patterns: listOf(
    'a list of attribute keys and regular expressions',
    (entry) => isText(entry) || types.isRegExp(entry),
  ),
  valuePaths: listOf(
    'a list of paths such as user.address.street or items[*].pin',
    (entry) => isText(entry) && stepsOf(entry) !== undefined,
  ),
  paths: listOf(
    'a list of whole paths that begin with / and have no *, and of regular expressions',
    (entry) => types.isRegExp(entry) || (isText(entry) && /^\/[^*]*$/.test(entry)),
  ),
  origins: listOf(
    'a list of origins such as http://orders:3000, and of regular expressions',
    (entry) => types.isRegExp(entry) || isOrigin(entry),
  ),
  metricsPath: {
    accepts: 'a path that begins with /, without parameters and query',
    test: (value) => typeof value === 'string' && METRICS_PATH.test(value),
  },
  level: { accepts: `one of ${LEVELS.join(', ')}`, test: (value) => LEVELS.includes(value as string) },
  clientErrors: { accepts: "'warn' or 'info'", test: (value) => value === 'warn' || value === 'info' },
  threshold: {
    accepts: 'false or a whole number of milliseconds from 1',
    test: (value) => value === false || isWhole(value, 1, Number.MAX_SAFE_INTEGER),
  },
  headerName: {
    accepts: 'false or the name of a header',
    test: (value) => value === false || (typeof value === 'string' && HEADER_NAME.test(value)),
  },
  ids: { accepts: 'a list of IDs', test: isListOf(isText) },
  signal: { accepts: "'SIGUSR2' or 'SIGHUP'", test: (value) => value === 'SIGUSR2' || value === 'SIGHUP' },
  destination: {
    accepts: "an object with a write method, or a list of { stream, level } with such an object or 'stdout'",
    test: (value) => isStream(value) || (isListOf(isDestination)(value) && (value as unknown[]).length > 0),
  },
  pretty: { accepts: "'auto', true or false", test: (value) => value === 'auto' || typeof value === 'boolean' },
  hashKey: { accepts: `a text of at least ${SHORTEST_KEY} characters`, test: isHashKey, secret: true },
  url: {
    accepts: 'the address of an OTLP/HTTP receiver such as http://collector:4318',
    test: (value) => httpUrl(value) !== undefined,
  },
  headers: {
    accepts: 'an object of header values by header name',
    test: (value) =>
      isOptionsObject(value) &&
      Object.entries(value).every(
        ([name, text]) => HEADER_NAME.test(name) && typeof text === 'string' && HEADER_VALUE.test(text),
      ),
    secret: true,
  },
  compression: { accepts: "'gzip' or 'none'", test: (value) => value === 'gzip' || value === 'none' },
  trust: {
    accepts: "'none', 'private', a list of networks in CIDR notation, or a function of the request",
    test: (value) =>
      value === 'none' || value === 'private' || typeof value === 'function' || isListOf(isNetwork)(value),
    entry: isNetwork,
  },
  group: { accepts: 'an object', test: isOptionsObject },
  export: {
    accepts: "'otlp', 'console', 'none' or { url, headers, timeoutMs, compression }",
    test: (value) => ['otlp', 'console', 'none'].includes(value as string) || isOptionsObject(value),
  },
  metrics: { accepts: 'false or { path }', test: (value) => value === false || isOptionsObject(value) },
} as const satisfies Readonly<Record<string, OptionKind>>;

function isStream(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { write?: unknown }).write === 'function';
}

function isDestination(entry: unknown): boolean {
  if (!isOptionsObject(entry) || Object.keys(entry).some((key) => key !== 'stream' && key !== 'level')) return false;
  const { stream, level } = entry;
  return (stream === 'stdout' || isStream(stream)) && (level === undefined || LEVELS.includes(level as string));
}

function httpUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

function isOrigin(value: unknown): boolean {
  const url = httpUrl(value);
  return url !== undefined && (value === url.origin || value === `${url.origin}/`);
}

function isNetwork(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    compileTrust([value]);
    return true;
  } catch {
    return false;
  }
}
