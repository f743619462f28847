import { MAX_LINE_BYTES } from '../semantics/index.js';
import { redactText } from '../tracing/index.js';
import { quoteJson, quoteJsonWithin } from './json-text.js';
import { propertyJson, readProperty } from './json-value.js';
import type { DescribedError } from './line-error.js';
import { lineTop } from './line-top.js';
import type { LineParts } from './line-parts.js';

const FIELD_BYTES = 1024;
/** Names and braces between the parts. */
const FRAME_BYTES = 64;
/** Of a member of `extra` that has no room, at least. */
const SHORT_BYTES = 256;
/** Members of `extra` of which the beginning is written. */
const MOST_SHORTENED = 12;
/** Members of `extra` that are looked at. */
const MOST_MEMBERS = 1000;
const LONGEST_NAME_BYTES = 128;
/** Parts that `cut` names; it only counts the others. */
const MOST_NAMED = 16;
const CUT_BYTES = MOST_NAMED * (LONGEST_NAME_BYTES + 16) + 64;

/** Bytes that each part had before it was cut, by its name: a text as it was given, of everything else its JSON as far as it was looked at. */
type Cuts = Map<string, number>;

/**
 * The same line within 32 KiB: of what is too long stands the beginning, and `extra.cut` names it with the bytes it had. Message, error and `extra`
 * share what room there is, a short one leaving its part to the others; in `extra` the short members stay whole before the long ones.
 */
export function cutLine(parts: LineParts): string {
  const cuts: Cuts = new Map();
  const quote = (text: string, field: string): string => within(bounded(text), text, field, FIELD_BYTES, cuts);
  const message = redactText(bounded(parts.message));
  const error = parts.error === undefined ? '' : (propertyJson('error', parts.error, MAX_LINE_BYTES) ?? '{}');
  const members = readMembers({ ...parts.bindings, ...parts.extra }, cuts);
  const [forMessage = 0, forError = 0, forExtra = 0] = shares(
    MAX_LINE_BYTES - Buffer.byteLength(lineTop(parts, '', quote)) - FRAME_BYTES - CUT_BYTES,
    [Buffer.byteLength(quoteJson(message)), Buffer.byteLength(error), sum(members)],
  );
  const top = lineTop(parts, within(message, parts.message, 'message', forMessage, cuts), quote);
  const told = parts.error === undefined ? '' : `,"error":${errorWithin(parts.error, error, forError, cuts)}`;
  return `${top}${told},"extra":{${membersWithin(members, forExtra, cuts)}"cut":${cutsJson(cuts)}}}\n`;
}

function bounded(text: string): string {
  return text.length > MAX_LINE_BYTES ? text.slice(0, MAX_LINE_BYTES) : text;
}

/** How many bytes each part gets: what it wants where that is no more than its even share of what is left. */
function shares(room: number, wanted: readonly number[]): number[] {
  const given = wanted.map(() => 0);
  let left = room;
  let waiting = wanted.length;
  for (const [index, bytes] of [...wanted.entries()].toSorted(([, a], [, b]) => a - b)) {
    given[index] = Math.min(bytes, Math.floor(left / waiting));
    left -= given[index];
    waiting -= 1;
  }
  return given;
}

function within(text: string, given: string, name: string, bytes: number, cuts: Cuts): string {
  const json = quoteJson(text);
  const fits = Buffer.byteLength(json) <= bytes;
  if (!fits || given.length > MAX_LINE_BYTES) cuts.set(name, Buffer.byteLength(given));
  return fits ? json : quoteJsonWithin(text, bytes);
}

/** Without what is inside: type, message and the top of the stack. */
function errorWithin(error: DescribedError, whole: string, bytes: number, cuts: Cuts): string {
  const length = Buffer.byteLength(whole);
  if (length <= bytes) return whole;
  cuts.set('error', length);
  const { type, message, stack } = error;
  const forStack = bytes - 2 * FIELD_BYTES - FRAME_BYTES;
  const short = {
    type: quoteJsonWithin(type, FIELD_BYTES),
    message: quoteJsonWithin(redactText(message), FIELD_BYTES),
    ...(stack === undefined ? {} : { stack: quoteJsonWithin(redactText(stack), forStack) }),
  };
  return `{${Object.entries(short)
    .map(([key, json]) => `"${key}":${json}`)
    .join()}}`;
}

/** Members of `extra`, each followed by a comma, in their order: as many as possible whole, of some others the beginning. */
function membersWithin(members: readonly Member[], bytes: number, cuts: Cuts): string {
  const reserved = sum(members) <= bytes ? 0 : MOST_SHORTENED * (SHORT_BYTES + LONGEST_NAME_BYTES);
  let left = bytes - reserved;
  const whole = new Set<Member>();
  for (const member of members.toSorted((a, b) => a.bytes - b.bytes)) {
    if (member.bytes > left) break;
    left -= member.bytes;
    whole.add(member);
  }
  const shortened = members.filter((member) => !whole.has(member));
  const beginnings = new Set(shortened.slice(0, MOST_SHORTENED));
  const each = Math.floor((left + reserved) / Math.max(beginnings.size, 1));
  for (const { key, had } of shortened) cuts.set(`extra.${key}`, had);
  return members
    .filter((member) => whole.has(member) || beginnings.has(member))
    .map((member) => `${member.name}:${whole.has(member) ? member.json : beginning(member, each)},`)
    .join('');
}

function sum(members: readonly Member[]): number {
  return members.reduce((total, { bytes }) => total + bytes, 0);
}

interface Member {
  readonly key: string;
  readonly name: string;
  readonly json: string;
  /** In the line, with its name. */
  readonly bytes: number;
  /** Of the value, as `cut` says it. */
  readonly had: number;
}

function readMembers(extra: Readonly<Record<string, unknown>>, cuts: Cuts): Member[] {
  const members: Member[] = [];
  const keys = Object.keys(extra);
  for (const key of keys.slice(0, MOST_MEMBERS)) {
    const value = readProperty(extra, key);
    const json = propertyJson(key, value, MAX_LINE_BYTES);
    if (json === undefined) continue;
    const name = quoteJsonWithin(key, LONGEST_NAME_BYTES);
    const written = Buffer.byteLength(json);
    const bytes = Buffer.byteLength(name) + written + 2;
    const had = typeof value === 'string' ? Buffer.byteLength(value) : written;
    // What is said here takes the place of what the application says under this name.
    if (key === 'cut') cuts.set('extra.cut', had);
    else if (key.length > LONGEST_NAME_BYTES) cuts.set(`extra.${key.slice(0, LONGEST_NAME_BYTES)}`, had);
    if (key !== 'cut') members.push({ key, name, json, bytes, had });
  }
  if (keys.length > MOST_MEMBERS) cuts.set(`extra: ${keys.length - MOST_MEMBERS} more members`, 0);
  return members;
}

/** The beginning of a value, as a text: of what is no text the beginning of its JSON. */
function beginning({ name, json }: Member, bytes: number): string {
  const text = json.startsWith('"') ? (JSON.parse(json) as string) : json;
  return quoteJsonWithin(text, bytes - Buffer.byteLength(name) - 2);
}

function cutsJson(cuts: Cuts): string {
  const members = [...cuts].map(([name, bytes]) => `${quoteJsonWithin(name, LONGEST_NAME_BYTES)}:${bytes}`);
  const more = members.length - MOST_NAMED;
  return `{${members.slice(0, MOST_NAMED).join()}${more > 0 ? `,"…":${more}` : ''}}`;
}
