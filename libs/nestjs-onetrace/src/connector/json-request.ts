import { ERROR_CODES, OnetraceError } from '../semantics/index.js';

/**
 * What is sent, as JSON.
 *
 * @param subject what the error speaks of.
 * @throws OnetraceError ONETRACE_INVALID_OPTION without a word of the value: a prompt may be in it.
 */
export function writeJson(value: unknown, subject: string): string {
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
