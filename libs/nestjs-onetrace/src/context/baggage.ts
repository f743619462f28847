import { BAGGAGE_KEYS, BAGGAGE_LIMITS } from '../semantics/index.js';
import { headerText } from './header-text.js';
import type { Identity } from './identity.js';

const FIELD_BY_KEY = new Map<string, keyof Identity>(
  (Object.entries(BAGGAGE_KEYS) as [keyof Identity, string][]).map(([field, key]) => [key, field]),
);
/** Visible ASCII but double quote, comma, semicolon and backslash; a percent sign only as part of an encoded octet. */
const VALUE = /^(?:[\x21\x23\x24\x26-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]|%[0-9A-Fa-f]{2})+$/;
const OPTIONAL_WHITESPACE_AROUND = /^[ \t]+|[ \t]+$/g;
const CONTROL = /\p{Cc}/u;
const LONGEST_VALUE = 256;

/**
 * Reads our members out of a W3C `baggage` value; all others are left alone. Members that are malformed, too long or beyond the
 * limits are skipped, never an error. Of a repeated key the last member counts. Properties are of no meaning here.
 */
export function parseBaggage(value: unknown): Identity {
  const text = headerText(value);
  if (text === undefined) return {};
  const identity: { -readonly [K in keyof Identity]: Identity[K] } = {};
  let start = 0;
  for (let member = 0; member < BAGGAGE_LIMITS.members && start < text.length; member += 1) {
    const comma = text.indexOf(',', start);
    const end = comma < 0 ? text.length : comma;
    if (end > BAGGAGE_LIMITS.bytes) break;
    readMember(text.slice(start, end), identity);
    start = end + 1;
  }
  return identity;
}

/** Writes an identity as a W3C `baggage` value; `undefined` when there is nothing to write. What `parseBaggage` would skip is left out. */
export function formatBaggage(identity: Identity): string | undefined {
  let text = '';
  for (const [key, field] of FIELD_BY_KEY) {
    const value = identity[field];
    if (value === undefined || !isCarried(value)) continue;
    const member = `${key}=${encodeURIComponent(value.toWellFormed())}`;
    if (text.length + 1 + member.length > BAGGAGE_LIMITS.bytes) continue;
    text = text === '' ? member : `${text},${member}`;
  }
  return text === '' ? undefined : text;
}

function readMember(member: string, identity: { -readonly [K in keyof Identity]: Identity[K] }): void {
  const equals = member.indexOf('=');
  if (equals < 0) return;
  const field = FIELD_BY_KEY.get(member.slice(0, equals).replace(OPTIONAL_WHITESPACE_AROUND, ''));
  if (field === undefined) return;
  const properties = member.indexOf(';', equals);
  const value = member.slice(equals + 1, properties < 0 ? member.length : properties);
  const decoded = decodeValue(value.replace(OPTIONAL_WHITESPACE_AROUND, ''));
  if (decoded !== undefined && isCarried(decoded)) identity[field] = decoded;
}

function decodeValue(value: string): string | undefined {
  if (!VALUE.test(value)) return undefined;
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return decodeWithReplacement(value);
  }
}

/** Octets that are no UTF-8 become U+FFFD, as the recommendation asks; `decodeURIComponent` throws at them. */
function decodeWithReplacement(value: string): string {
  const octets = value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}

function isCarried(value: string): boolean {
  return value !== '' && value.length <= LONGEST_VALUE && !CONTROL.test(value);
}
