import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import { describeReceived, nearestName } from '../tracing/index.js';
import type { OptionRule } from './option-table.js';

// Not a page of the documentation: the types are what every application has at hand.
const REFERENCE = 'the type ObservabilityModuleOptions lists all options';

/** An option has a value that it does not take; of a list, the first element that it does not take is named. */
export function wrongValue(name: string, received: unknown, rule: OptionRule): OnetraceError {
  const { accepts, entry, otherwise } = rule;
  const isSecret = rule.secret === true;
  let remedy = otherwise === undefined ? 'Correct it' : `Correct it, or leave it out (then: ${otherwise})`;
  if (Array.isArray(received) && entry !== undefined) {
    const elements = Array.from<unknown>(received);
    const wrong = elements.findIndex((element) => !entry(element));
    const element = describeReceived(elements[wrong], isSecret);
    return invalid(`option "${name}[${wrong}]" is ${element}; "${name}" takes ${accepts}. ${remedy}`);
  }
  if (entry?.(received) === true) remedy = `Put it in a list: ${describeReceived([received], isSecret)}`;
  return invalid(`option "${name}" is ${describeReceived(received, isSecret)}; it takes ${accepts}. ${remedy}`);
}

/** A required option is not there. */
export function missingOption(name: string, rule: OptionRule): OnetraceError {
  return invalid(`option "${name}" is undefined; it is required and takes ${rule.accepts}. Give it`);
}

/** Something other than an object stands where options are expected. */
export function noOptions(received: unknown): OnetraceError {
  const isPromise = typeof (received as { then?: unknown } | null | undefined)?.then === 'function';
  const remedy = isPromise ? 'Await it in the factory of forRootAsync' : "Give at least { component: 'gateway' }";
  return invalid(`got ${describeReceived(received)} as its options; it takes an object. ${remedy}`);
}

/** An option that does not exist; `all` are the paths of all that do. */
export function unknownOption(
  path: string,
  key: string,
  siblings: readonly string[],
  all: readonly string[],
): OnetraceError {
  const start = path === '' ? '' : `${path}.`;
  const elsewhere = all.find((name) => name !== key && name.split('.').at(-1) === key);
  const near = elsewhere ?? prefixed(start, nearestName(key, siblings));
  const takes = near === undefined ? 'it takes' : `did you mean "${near}"? It takes`;
  const names = siblings.map((name) => start + name).join(', ');
  return invalid(`has no option "${start}${key}"; ${takes} ${names}. Rename or remove it`);
}

/** Reading an option failed, as with a getter that throws. */
export function unreadableOption(name: string, cause: unknown): OnetraceError {
  const reason = cause instanceof Error ? cause.message : describeReceived(cause);
  return invalid(`option "${name}" cannot be read: ${reason}. Give a plain value`, cause);
}

/** Two options that say different things about the same. */
export function contradiction(first: string, second: string, reason: string): OnetraceError {
  return invalid(`options "${first}" and "${second}" contradict each other: ${reason}. Leave one of them out`);
}

/** Any other mistake in a set-up call. */
export function invalid(message: string, cause?: unknown): OnetraceError {
  return new OnetraceError(
    ERROR_CODES.invalidOption,
    `ObservabilityModule ${message}; ${REFERENCE}`,
    cause === undefined ? undefined : { cause },
  );
}

function prefixed(start: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : start + name;
}
