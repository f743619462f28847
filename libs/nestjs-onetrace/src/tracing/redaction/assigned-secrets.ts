import { REDACTED, type RedactionRules } from './redaction-rules.js';
import { bareEnd, bracketEnd, lineEnd, quotedEnd } from './value-end.js';

const EQUALS = 61;
const COLON = 58;
const SLASH = 47;
const LONGEST_KEY = 64;
const MOST_BETWEEN = 8;

const isBlank = (code: number): boolean => code === 32 || code === 9;
const isQuote = (code: number): boolean => code === 34 || code === 39 || code === 96;
const isBackslash = (code: number): boolean => code === 92;
// Letters, digits, underscore, hyphen, dot, dollar, per cent, and every letter beyond ASCII.
const isKeyCharacter = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === 45 ||
  code === 46 ||
  code === 36 ||
  code === 37 ||
  code > 127;

/** Values of these go on to the end of the line. */
const LINES = /authorization|cookies?$|passphrase$/i;
const SCHEMES = /^(?:bearer|basic|digest|token|apikey|negotiate|aws4-hmac-sha256)$/i;
/** What says that there is no secret. */
const NOTHING = /^(?:undefined|null|nil|none|true|false|empty)$/i;
/** What stands after a colon where people write of secrets. */
const PROSE =
  /^(?:required|invalid|missing|expired|must|is|was|are|not|no|too|the|a|an|cannot|could|should|does|did|it|jwt|unexpected|malformed|unknown|wrong|incorrect|failed|rejected|revoked|string|number|boolean|object|function)[.:]?$/i;
const NUMBER = /^\d+(?:\.\d+)?$/;

/**
 * Replaces the values of secrets that a text assigns: `password=x`, `token: x`, `"apiKey":"x"` also in JSON inside JSON, parameters
 * of an address, header lines. Goes through the text once.
 */
export function redactAssignments(text: string, rules: RedactionRules): string {
  let written = '';
  let copied = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== EQUALS && code !== COLON) continue;
    if (code === COLON && text.charCodeAt(at + 1) === SLASH) continue;
    const key = keyBefore(text, at, copied);
    const value = key === undefined ? undefined : secretAfter(text, at, key, rules);
    if (value === undefined) continue;
    written += text.slice(copied, value.start) + REDACTED;
    copied = value.end;
    at = copied - 1;
  }
  return copied === 0 ? text : written + text.slice(copied);
}

interface Key {
  readonly name: string;
  /** The character before it, quotes included. */
  readonly before: number;
}

function keyBefore(text: string, separator: number, from: number): Key | undefined {
  let end = separator;
  const least = Math.max(from, separator - MOST_BETWEEN);
  while (end > least && isBetween(text.charCodeAt(end - 1))) end -= 1;
  let start = end;
  const first = Math.max(from, end - LONGEST_KEY);
  while (start > first && isKeyCharacter(text.charCodeAt(start - 1))) start -= 1;
  if (start === end) return undefined;
  return { name: decoded(text.slice(start, end)), before: start === 0 ? 0 : text.charCodeAt(start - 1) };
}

/** Blanks, quotes, backslashes and `]` stand between a key and what separates it from its value. */
function isBetween(code: number): boolean {
  return isBlank(code) || isQuote(code) || isBackslash(code) || code === 93;
}

// Not decodeURIComponent, which throws at what is malformed: a text of nothing else would take seconds.
function decoded(key: string): string {
  return key.includes('%')
    ? key.replace(/%([2-7][0-9a-f])/gi, (_found, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : key;
}

function secretAfter(
  text: string,
  separator: number,
  { name, before }: Key,
  rules: RedactionRules,
): { readonly start: number; readonly end: number } | undefined {
  // After `?` or `&`: a parameter of an address, or of a form.
  const isParameter = before === 63 || before === 38;
  const rule = rules.of(name);
  if (rule === 'keep' && !(isParameter && rules.hidesParameter(name))) return undefined;
  let start = separator + 1;
  // `==`, `=>`
  if (text.charCodeAt(start) === EQUALS || text.charCodeAt(start) === 62) start += 1;
  while (isBlank(text.charCodeAt(start)) && start < separator + MOST_BETWEEN) start += 1;
  let slashes = 0;
  while (isBackslash(text.charCodeAt(start + slashes))) slashes += 1;
  const opening = text.charCodeAt(start + slashes);
  if (isQuote(opening)) {
    start += slashes + 1;
    const end = quotedEnd(text, start, opening, slashes);
    return end === start || text.startsWith(REDACTED, start) ? undefined : { start, end };
  }
  if (text.startsWith(REDACTED, start)) return undefined;
  if (opening === 91 || opening === 123) {
    const end = bracketEnd(text, start);
    // Counts in a list or an object are none, and texts in an object are judged by themselves.
    const isKept = rule === 'secretText' && (opening === 123 || !/["'`]/.test(text.slice(start, end)));
    return isKept ? undefined : { start, end };
  }
  if (LINES.test(name) && !isParameter) return nonEmpty(text, start, lineEnd(text, start, before));
  let end = bareEnd(text, start);
  const value = text.slice(start, end);
  if (SCHEMES.test(value) && isBlank(text.charCodeAt(end))) end = bareEnd(text, end + 1);
  const isProse = start > separator + 1 && text.charCodeAt(separator) === COLON && PROSE.test(value);
  if (isProse || NOTHING.test(value) || (rule === 'secretText' && NUMBER.test(value))) return undefined;
  return nonEmpty(text, start, end);
}

function nonEmpty(
  text: string,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } | undefined {
  return text.slice(start, end).trim() === '' ? undefined : { start, end };
}
