const LONGEST_TYPE = 128;
const LONGEST_MESSAGE = 1024;
const LONGEST_STACK = 16_384;

/**
 * `error.type` of whatever was thrown: the error's code, else the name of its class, else the kind of the value; `_OTHER`
 * where nothing can be read. Never throws.
 */
export function errorType(error: unknown): string {
  if (error === null) return 'null';
  if (!isObject(error)) return typeof error;
  const name = readText(error, 'name');
  // A class that extends Error without setting `name` inherits "Error": its own name says more.
  const type = readText(error, 'code') ?? (name === 'Error' ? undefined : name) ?? className(error) ?? name ?? '_OTHER';
  return cut(type, LONGEST_TYPE);
}

/** Text of whatever was thrown, at most 1024 characters. Never throws. */
export function errorMessage(error: unknown): string {
  try {
    return cut((isObject(error) ? readText(error, 'message', true) : undefined) ?? String(error), LONGEST_MESSAGE);
  } catch {
    return '[unprintable]';
  }
}

/** The stack of an error, at most 16384 characters; `undefined` for what has none. Never throws. */
export function errorStack(error: unknown): string | undefined {
  const stack = isObject(error) ? readText(error, 'stack') : undefined;
  return stack === undefined ? undefined : cut(stack, LONGEST_STACK);
}

/** A text of at most so many characters, which is valid Unicode also where it was cut. */
export function cut(text: string, longest: number): string {
  return (text.length > longest ? `${text.slice(0, longest - 1)}…` : text).toWellFormed();
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function className(error: object): string | undefined {
  try {
    return readText((error as { constructor: object }).constructor, 'name');
  } catch {
    return undefined;
  }
}

/** A property of a value that nobody has vetted: its getter or its Proxy may throw. */
function readText(from: object, key: string, allowEmpty = false): string | undefined {
  try {
    const value = (from as Record<string, unknown>)[key];
    return typeof value === 'string' && (allowEmpty || value !== '') ? value : undefined;
  } catch {
    return undefined;
  }
}
