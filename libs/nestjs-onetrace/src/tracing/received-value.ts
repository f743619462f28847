import { isSecret, REDACTED, redactText } from './redaction/index.js';

const LONGEST_TEXT = 80;
const MOST_ENTRIES = 8;

/** A received value as a message may show it: short, without secrets, and without failing on what it is. */
export function describeReceived(value: unknown, secret = false): string {
  try {
    return describe(value, secret, 0);
  } catch {
    return 'an unreadable value';
  }
}

function describe(value: unknown, secret: boolean, depth: number): string {
  if (typeof value === 'string') return secret ? `a text of ${value.length} characters` : quote(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'object' && value !== null) return describeObject(value, secret, depth);
  return secret && value !== undefined && value !== null ? `a ${typeof value}` : String(value);
}

function describeObject(value: object, secret: boolean, depth: number): string {
  if (value instanceof RegExp) return String(value);
  if (Array.isArray(value)) {
    if (depth > 1) return 'a list';
    const shown = Array.from<unknown>(value.slice(0, MOST_ENTRIES)).map((entry) => describe(entry, secret, depth + 1));
    return `[${shown.join(', ')}${value.length > MOST_ENTRIES ? ', …' : ''}]`;
  }
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind !== 'Object') return `a ${kind}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return '{}';
  if (depth > 1) return 'an object';
  const shown = keys.slice(0, MOST_ENTRIES).map((key) => {
    const item = read(value, key);
    return `${key}: ${isSecret(key, item) ? REDACTED : describe(item, secret, depth + 1)}`;
  });
  return `{ ${shown.join(', ')}${keys.length > MOST_ENTRIES ? ', …' : ''} }`;
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return Symbol(key);
  }
}

function quote(text: string): string {
  const safe = redactText(text);
  return JSON.stringify(safe.length > LONGEST_TEXT ? `${safe.slice(0, LONGEST_TEXT - 1)}…` : safe);
}
