import { BAGGAGE_KEYS, BAGGAGE_LIMITS } from '../semantics/index.js';
import type { Identity } from './identity.js';

const FIELD_BY_KEY = new Map<string, keyof Identity>(
  (Object.entries(BAGGAGE_KEYS) as [keyof Identity, string][]).map(([field, key]) => [key, field]),
);
const CONTROL = /\p{Cc}/u;
const LONGEST_VALUE = 256;

/**
 * Reads our members out of a W3C `baggage` value; all others are left alone. Members that are malformed,
 * too long or beyond the limits are skipped, never an error.
 */
export function parseBaggage(value: unknown): Identity {
  const text = Array.isArray(value) ? value.join(',') : value;
  if (typeof text !== 'string' || text.length > BAGGAGE_LIMITS.bytes) return {};
  const identity: { -readonly [K in keyof Identity]: Identity[K] } = {};
  for (const member of text.split(',', BAGGAGE_LIMITS.members)) {
    const pair = member.split(';', 1)[0] ?? '';
    const equals = pair.indexOf('=');
    const field = equals < 0 ? undefined : FIELD_BY_KEY.get(pair.slice(0, equals).trim());
    if (field === undefined) continue;
    const decoded = decodeMember(pair.slice(equals + 1).trim());
    if (decoded !== undefined) identity[field] = decoded;
  }
  return identity;
}

/** Writes an identity as a W3C `baggage` value; `undefined` when there is nothing to write. */
export function formatBaggage(identity: Identity): string | undefined {
  const members: string[] = [];
  for (const [key, field] of FIELD_BY_KEY) {
    const value = identity[field];
    if (value !== undefined && value !== '') members.push(`${key}=${encodeURIComponent(value.toWellFormed())}`);
  }
  const text = members.join(',');
  return text === '' || text.length > BAGGAGE_LIMITS.bytes ? undefined : text;
}

function decodeMember(value: string): string | undefined {
  try {
    const decoded = decodeURIComponent(value);
    return decoded === '' || decoded.length > LONGEST_VALUE || CONTROL.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
