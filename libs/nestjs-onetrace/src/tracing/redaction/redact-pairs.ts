import { isSecret } from './is-secret.js';
import { REDACTED } from './redaction-rules.js';

const NAMES = ['name', 'key', 'property', 'field', 'header', 'param'] as const;

/**
 * What stands beside a name instead of under it: `['authorization', 'x']`, `{ name: 'password', value: 'x' }`, and Node's
 * `rawHeaders`, where names and values take turns. The same object where none of the names is a secret's. Never throws.
 */
export function redactPairs(key: string, value: object): object {
  try {
    return Array.isArray(value) ? redactTurns(key, value) : redactNamedValue(value);
  } catch {
    // A Proxy: the writer finds out as well.
    return value;
  }
}

function redactTurns(key: string, items: readonly unknown[]): readonly unknown[] {
  if (items.length !== 2 && key !== 'rawHeaders' && key !== 'rawTrailers') return items;
  const isHidden = (index: number): boolean =>
    index % 2 === 1 && isNameOfSecret(ownValue(items, `${index - 1}`), ownValue(items, `${index}`));
  const places = Array.from({ length: items.length }, (_, index) => index);
  return places.some(isHidden) ? places.map((index) => (isHidden(index) ? REDACTED : items[index])) : items;
}

function redactNamedValue(holder: object): object {
  if (!('value' in holder)) return holder;
  const value = ownValue(holder, 'value');
  const isNamed = NAMES.some((name) => isNameOfSecret(ownValue(holder, name), value));
  return isNamed ? { ...holder, value: REDACTED } : holder;
}

/** Without calling a getter. */
function ownValue(holder: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}

function isNameOfSecret(name: unknown, value: unknown): boolean {
  return typeof name === 'string' && isSecret(name, value);
}
