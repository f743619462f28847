import { ERROR_CODES, OnetraceError } from '../semantics/index.js';

/** What JSON has no form for, and what would be lost in it without a word. */
const NO_JSON = [URLSearchParams, FormData, Blob, ArrayBuffer, ReadableStream, Map, Set];

/**
 * Checks that a body is an object, as protocols of models want it.
 *
 * @param subject what the error speaks of.
 * @throws OnetraceError ONETRACE_INVALID_OPTION without a word of the body: it may be a prompt.
 */
export function checkBody(body: unknown, subject: string): void {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return;
  throw new OnetraceError(ERROR_CODES.invalidOption, `${subject} is ${kindOf(body)}; it takes an object`);
}

/** What a value is, without a word of its content. */
export function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `type ${typeof value}`;
  return `type ${Object.prototype.toString.call(value).slice(8, -1)}`;
}

/**
 * What is sent, as JSON.
 *
 * @param subject what the error speaks of.
 * @throws OnetraceError ONETRACE_INVALID_OPTION without a word of the value: a prompt may be in it.
 */
export function writeJson(value: unknown, subject: string): string {
  const lost = ArrayBuffer.isView(value) ? value.constructor : NO_JSON.find((Class) => value instanceof Class);
  if (lost !== undefined) {
    throw new OnetraceError(
      ERROR_CODES.invalidOption,
      `${subject} is of the class ${lost.name}, which JSON has no form for; give an object or a text, or send it with the connector's fetch`,
    );
  }
  if (typeof value === 'function' || typeof value === 'symbol') throw notJson(subject);
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw notJson(subject, cause);
  }
}

function notJson(subject: string, cause?: unknown): OnetraceError {
  return new OnetraceError(
    ERROR_CODES.invalidOption,
    `${subject} cannot be written as JSON (a BigInt, a function, or a circle); give numbers, texts and truth values`,
    { cause },
  );
}
