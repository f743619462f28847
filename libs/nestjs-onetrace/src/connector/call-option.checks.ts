import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import { hasDotSegment } from './base-path.js';
import {
  type Check,
  FLAG,
  HEADERS,
  invalid,
  isConnectorOption,
  isObject,
  NAME,
  OBJECT,
  unknown,
} from './option.checks.js';

/** Options of a call by their names. */
export type CallOptionChecks = Readonly<Record<string, Check>>;

// By what it can do: one from another realm (a test runner's) is as good.
const SIGNAL: Check = {
  accepts: 'an AbortSignal',
  test: (value) => isObject(value) && 'aborted' in value && typeof value['addEventListener'] === 'function',
};
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ANYTHING: Check = { accepts: 'anything', test: () => true };
const EVERY_CALL: CallOptionChecks = { signal: SIGNAL, detached: FLAG, headers: HEADERS };

/** Options of the calls of each protocol. */
export const CALL_OPTIONS = {
  openai: { ...EVERY_CALL, validate: ANYTHING },
  kserve: { ...EVERY_CALL, version: NAME },
  http: {
    method: { accepts: METHODS.join(', '), test: (value) => METHODS.includes(value as string) },
    path: NAME,
    query: OBJECT,
    body: ANYTHING,
    idempotent: FLAG,
    ...EVERY_CALL,
  },
} as const satisfies Readonly<Record<string, CallOptionChecks>>;

/**
 * Checks the options of one call, so that none is ignored.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION
 */
export function checkCallOptions(connector: string, options: unknown, checks: CallOptionChecks): void {
  const subject = `Call of connector "${connector}"`;
  if (!isObject(options)) throw invalid(subject, 'options', options, OBJECT);
  for (const name in options) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) throw unknownOfCall(subject, name, checks);
    const value = options[name];
    if (value !== undefined && !check.test(value)) throw invalid(subject, name, value, check);
  }
}

/**
 * Checks that a path stays below the connector's base URL: `..` and its like would lead out of it, on the server or in a proxy before it.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION
 */
export function checkPath(connector: string, path: string): void {
  if (hasDotSegment(path)) {
    throw new OnetraceError(
      ERROR_CODES.invalidOption,
      `request option "path" of connector "${connector}" leads elsewhere by "." or ".."; it takes a path below the base URL, and parts that come from users encoded and checked`,
    );
  }
}

function unknownOfCall(subject: string, name: string, checks: CallOptionChecks): OnetraceError {
  const known = Object.keys(checks);
  if (!isConnectorOption(name)) return unknown(subject, name, known);
  return new OnetraceError(
    ERROR_CODES.invalidOption,
    `${subject} has no option "${name}"; give it to the connector, for all its calls. A call takes ${known.join(', ')}`,
  );
}
