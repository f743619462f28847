import { types } from 'node:util';
import { errorType } from './thrown-value.js';

// Writing out a number of a million digits takes seconds.
const MANY_DIGITS = 10n ** 100n;

/** The text of what is neither an object nor has a form of its own in JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'bigint' && (value > MANY_DIGITS || value < -MANY_DIGITS)) return '[bigint]';
  return typeof value === 'function' ? `[function ${nameOf(value)}]` : String(value);
}

/** The text of an object that has one form and no parts worth reading; `undefined` for everything else. */
export function simpleForm(value: object): string | undefined {
  if (types.isDate(value)) {
    const time = Date.prototype.getTime.call(value);
    return Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString();
  }
  if (types.isRegExp(value)) return RegExp.prototype.toString.call(value);
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value))
    return `[${kindOf(value)} of ${value.byteLength} bytes]`;
  const opaque =
    types.isPromise(value) || types.isGeneratorObject(value) || types.isWeakMap(value) || types.isWeakSet(value);
  return opaque ? `[${kindOf(value)}]` : undefined;
}

/** Name of the class of an object. */
export function kindOf(value: object): string {
  const constructor = (Object.getPrototypeOf(value) as { constructor?: unknown } | null)?.constructor;
  return typeof constructor === 'function' ? nameOf(constructor) || 'Object' : 'Object';
}

/** Name of a function; a class may have a static `name` of its own, which need not be a text, and may throw. */
export function nameOf(named: object): string {
  try {
    const { name } = named as { name?: unknown };
    return typeof name === 'string' ? name : '';
  } catch (error) {
    return `[unreadable: ${errorType(error)}]`;
  }
}
