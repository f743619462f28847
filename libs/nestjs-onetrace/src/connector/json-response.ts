import { ResponseProblem } from './connector.call.js';
import type { ReceivedResponse } from './received-response.js';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

/**
 * Reads a JSON object out of a response.
 *
 * @throws ResponseProblem without a word of the body: what a parser quotes is the model's answer.
 */
export function readJsonObject(response: ReceivedResponse): Readonly<Record<string, unknown>> {
  if (!isJson(response)) {
    const type = response.headers['content-type'];
    if (type === undefined) throw new ResponseProblem('its content type is missing instead of JSON');
    throw new ResponseProblem('its content type is ', type, ' instead of JSON');
  }
  const value = parseJson(response);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ResponseProblem('its body is not a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

/**
 * Reads a JSON object that has a list under a name, whose items are objects (or numbers), each with `member` an object where one is named.
 *
 * @throws ResponseProblem
 */
export function jsonWithList<T extends object>(response: ReceivedResponse, name: string, member?: string): T {
  const value = readJsonObject(response);
  const list = value[name];
  const isItem = (item: unknown): boolean =>
    typeof item === 'number' || (isObject(item) && (member === undefined || isObject(item[member])));
  if (!Array.isArray(list) || !list.every(isItem)) {
    throw new ResponseProblem(`its body has no list of ${name}${member === undefined ? '' : ` with ${member}s`}`);
  }
  return value as unknown as T;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whether a response says that it is JSON. */
export function isJson({ headers }: ReceivedResponse): boolean {
  return JSON_TYPE.test(headers['content-type'] ?? '');
}

/** @throws ResponseProblem */
export function parseJson({ body }: ReceivedResponse): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ResponseProblem(`its body of ${body.length} bytes is not valid JSON`);
  }
}
