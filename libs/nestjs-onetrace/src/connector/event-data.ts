import { ResponseProblem } from './connector.call.js';

/**
 * Reads the data of an event as JSON.
 *
 * @throws ResponseProblem without a word of the data: what a parser quotes is the model's answer.
 */
export function parseEvent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new ResponseProblem(`an event of its stream, of ${data.length} characters, is not valid JSON`);
  }
}

/** Whether an event reports an error; some servers say in each that there is none. */
export function tellsError(event: unknown): event is { readonly error: unknown } {
  const error = (event as { error?: unknown } | null)?.error;
  return error !== undefined && error !== null && error !== false;
}
