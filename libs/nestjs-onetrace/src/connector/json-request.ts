import { ERROR_CODES, OnetraceError } from '../semantics/index.js';

/** What JSON has no form for, and what would be lost in it without a word. */
const NO_JSON = [URLSearchParams, FormData, Blob, ArrayBuffer, ReadableStream, Map, Set];

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
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new OnetraceError(
      ERROR_CODES.invalidOption,
      `${subject} cannot be written as JSON (a BigInt, or a circle); give numbers, texts and truth values`,
      { cause },
    );
  }
}
