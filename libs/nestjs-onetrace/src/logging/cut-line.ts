import { MAX_LINE_BYTES } from '../semantics/index.js';
import { redactText } from '../tracing/index.js';
import { quoteJson, quoteJsonWithin } from './json-text.js';
import { propertyJson, readProperty } from './json-value.js';
import type { DescribedError } from './line-error.js';
import { lineTop } from './line-top.js';
import type { LineParts } from './line-parts.js';

// Together with eight texts at the top and the names of what was cut they fit into a line.
const FIELD_BYTES = 1024;
const MESSAGE_BYTES = 6 * 1024;
const ERROR_BYTES = 6 * 1024;
/** Of a member of `extra` that has no room. */
const SHORT_BYTES = 256;
/** Members of `extra` of which the beginning is written. */
const MOST_SHORTENED = 12;
/** Members of `extra` that are looked at. */
const MOST_MEMBERS = 1000;
const LONGEST_NAME_BYTES = 128;
/** Parts that `cut` names; it only counts the others. */
const MOST_NAMED = 16;
const CUT_BYTES = MOST_NAMED * (LONGEST_NAME_BYTES + 16) + 64;

/** Bytes that each part had before it was cut, by its name; at least so many where it is longer than a line. */
type Cuts = Map<string, number>;

/**
 * The same line within 32 KiB: of what is too long stands the beginning, and `extra.cut` names it with the bytes it had. In
 * `extra` the short members stay whole before the long ones.
 */
export function cutLine(parts: LineParts): string {
  const cuts: Cuts = new Map();
  const quote = (text: string, field: string): string =>
    within(quoteJson(bounded(text)), text, field, FIELD_BYTES, cuts);
  const message = redactText(bounded(parts.message));
  const top = lineTop(parts, within(quoteJson(message), message, 'message', MESSAGE_BYTES, cuts), quote);
  const error = parts.error === undefined ? '' : `,"error":${errorWithin(parts.error, cuts)}`;
  const used = Buffer.byteLength(top) + Buffer.byteLength(error);
  const members = membersWithin({ ...parts.bindings, ...parts.extra }, MAX_LINE_BYTES - used - CUT_BYTES, cuts);
  return `${top}${error},"extra":{${members}"cut":${cutsJson(cuts)}}}\n`;
}

function bounded(text: string): string {
  return text.length > MAX_LINE_BYTES ? text.slice(0, MAX_LINE_BYTES) : text;
}

function within(json: string, text: string, name: string, bytes: number, cuts: Cuts): string {
  const length = Buffer.byteLength(json);
  if (length <= bytes) return json;
  cuts.set(name, length);
  return quoteJsonWithin(text, bytes);
}

/** First without the stacks of what is inside, then without anything but type, message and the top of the stack. */
function errorWithin(error: DescribedError, cuts: Cuts): string {
  const whole = propertyJson('error', error, MAX_LINE_BYTES) ?? '{}';
  const length = Buffer.byteLength(whole);
  if (length <= ERROR_BYTES) return whole;
  cuts.set('error', length);
  const { type, message, stack } = error;
  const short = {
    type: quoteJsonWithin(type, FIELD_BYTES),
    message: quoteJsonWithin(redactText(message), FIELD_BYTES),
    ...(stack === undefined ? {} : { stack: quoteJsonWithin(redactText(stack), ERROR_BYTES - 2 * FIELD_BYTES) }),
  };
  return `{${Object.entries(short)
    .map(([key, json]) => `"${key}":${json}`)
    .join()}}`;
}

/** Members of `extra`, each followed by a comma, in their order: as many as possible whole, of some others the beginning. */
function membersWithin(extra: Readonly<Record<string, unknown>>, bytes: number, cuts: Cuts): string {
  const members = readMembers(extra, cuts);
  let left = bytes - MOST_SHORTENED * (SHORT_BYTES + LONGEST_NAME_BYTES);
  const whole = new Set<Member>();
  for (const member of members.toSorted((a, b) => a.bytes - b.bytes)) {
    left -= member.bytes;
    if (left < 0) break;
    whole.add(member);
  }
  let shortened = 0;
  let written = '';
  for (const member of members) {
    if (whole.has(member)) {
      written += `${member.name}:${member.json},`;
      continue;
    }
    cuts.set(`extra.${member.key}`, member.bytes);
    if (shortened < MOST_SHORTENED) written += `${member.name}:${beginning(member.json)},`;
    shortened += 1;
  }
  return written;
}

interface Member {
  readonly key: string;
  readonly name: string;
  readonly json: string;
  readonly bytes: number;
}

function readMembers(extra: Readonly<Record<string, unknown>>, cuts: Cuts): Member[] {
  const members: Member[] = [];
  const keys = Object.keys(extra);
  for (const key of keys.slice(0, MOST_MEMBERS)) {
    const json = propertyJson(key, readProperty(extra, key), MAX_LINE_BYTES);
    if (json === undefined) continue;
    const name = quoteJsonWithin(key, LONGEST_NAME_BYTES);
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(json) + 2;
    // What is said here takes the place of what the application says under this name.
    if (key === 'cut') cuts.set('extra.cut', bytes);
    else if (key.length > LONGEST_NAME_BYTES) cuts.set(`extra.${key.slice(0, LONGEST_NAME_BYTES)}`, bytes);
    if (key !== 'cut') members.push({ key, name, json, bytes });
  }
  if (keys.length > MOST_MEMBERS) cuts.set(`extra: ${keys.length - MOST_MEMBERS} more members`, 0);
  return members;
}

/** The beginning of a value, as a text: of what is no text the beginning of its JSON. */
function beginning(json: string): string {
  return quoteJsonWithin(json.startsWith('"') ? (JSON.parse(json) as string) : json, SHORT_BYTES);
}

function cutsJson(cuts: Cuts): string {
  const members = [...cuts].map(([name, bytes]) => `${quoteJsonWithin(name, LONGEST_NAME_BYTES)}:${bytes}`);
  const more = members.length - MOST_NAMED;
  return `{${members.slice(0, MOST_NAMED).join()}${more > 0 ? `,"…":${more}` : ''}}`;
}
