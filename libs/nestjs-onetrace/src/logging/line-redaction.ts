import { isSecretKey, REDACTED } from '../tracing/index.js';

/** A property's value as it may be written. */
export function redactValue(key: string, value: unknown): unknown {
  return isSecretKey(key) ? REDACTED : value;
}

/** A text as it may be written. */
export function redactText(text: string): string {
  return text;
}
