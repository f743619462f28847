import { errorType } from '../tracing/index.js';
import { isError } from './line-error.js';

/**
 * What an object says of itself by `toJSON` (an entity or a DTO that hides fields, a date), else the object itself; an error is described, not asked.
 * Throws what that throws.
 */
export function ownForm(value: object): unknown {
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON !== 'function' || isError(value) ? value : Reflect.apply(toJSON, value, ['']);
}

/**
 * The fields that the object of a call stands for. A form that is a text is the message of a line that has none. Throws what `toJSON` throws.
 */
export function fieldsOf(given: object, hasMessage: boolean): object {
  const form = ownForm(given);
  if (typeof form === 'object' && form !== null) return form;
  if (form === undefined || form === null) return {};
  return typeof form === 'string' && !hasMessage ? { msg: form } : { arguments: [form] };
}

/** The same, where nothing may throw. */
export function fieldsOfAny(given: object, hasMessage: boolean): object {
  try {
    return fieldsOf(given, hasMessage);
  } catch (error) {
    return { arguments: [`[unreadable: ${errorType(error)}]`] };
  }
}
