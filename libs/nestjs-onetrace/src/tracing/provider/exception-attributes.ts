import type { Attributes, Exception } from '@opentelemetry/api';
import { ATTR } from '../../semantics/index.js';

/** Attributes of an exception event; `undefined` for what says neither type nor message, such as a thrown `undefined`. */
export function exceptionAttributes(exception: Exception): Attributes | undefined {
  const attributes: Attributes = {};
  if (typeof exception === 'string') {
    attributes[ATTR.exceptionMessage] = exception;
  } else if (typeof exception === 'object' && exception !== null) {
    const { code, name, message, stack } = exception;
    const type = code ? String(code) : name;
    if (type) attributes[ATTR.exceptionType] = type;
    if (message) attributes[ATTR.exceptionMessage] = message;
    if (stack) attributes[ATTR.exceptionStacktrace] = stack;
  }
  return attributes[ATTR.exceptionType] || attributes[ATTR.exceptionMessage] ? attributes : undefined;
}
