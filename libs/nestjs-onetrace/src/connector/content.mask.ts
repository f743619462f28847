import { isCommon } from './common-words.js';
import { hide, MASK, placesOf, type TextRange } from './hidden.text.js';

/** Texts of the request that are shorter are not looked for. */
const SHORTEST_QUOTED = 4;
/** Runs of text this long that also stand in the request count as quoted from it. */
const QUOTED_RUN = 12;
/** Characters of a beginning, and how many of them are told apart. */
const BEGINNING = 4;
const BEGINNINGS = 1 << 16;
/** Of each run of content one of so many beginnings in a row is looked at: no run fits between two of them. */
const STRIDE = QUOTED_RUN - BEGINNING + 1;
/** An image or other content as an address, whole or cut, as it is or encoded once more. It is content wherever it stood. */
const DATA_URL = /\bdata(?::|%3a)[^\s"'<>,]{0,200}?(?:,|%2c)[^\s"'<>]*/gi;
const LONGEST_MESSAGE = 300;
/** Keys whose texts a message needs to be understood; all others hold content. */
const NAMING_KEYS: ReadonlySet<string> = new Set(['model', 'role', 'type', 'name', 'datatype', 'id']);

/**
 * Takes out of a server's message what it quotes from the request (validation errors of vLLM repeat the input) and
 * every secret, then bounds it. Words of the server's own stay as they are.
 */
export function maskQuotes(message: string, sent: string, secrets: readonly string[]): string {
  let text = message;
  for (const secret of secrets) text = text.replaceAll(secret, MASK);
  // A dump of the input ends every message that has one; what follows it is not worth the risk.
  text = text.replace(/["']input["']\s*:[\s\S]*$/, MASK).slice(0, LONGEST_MESSAGE * 2);
  text = text.replace(DATA_URL, MASK);
  if (text.length < SHORTEST_QUOTED) return text;
  const content = contentOf(sent).flatMap((value) => spellingsOf(value, text));
  for (const value of content) text = hide(text, quotationsOf(text, value));
  text = maskRuns(text, content.join('\0'));
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 1)}…` : text;
}

/** The texts of a request that are content, longest first; of a body that is not JSON, all of it. */
function contentOf(sent: string): string[] {
  const found: string[] = [];
  try {
    collect(JSON.parse(sent), '', found);
  } catch {
    return [sent];
  }
  return found.sort((a, b) => b.length - a.length);
}

function collect(value: unknown, key: string, found: string[]): void {
  if (typeof value === 'string') {
    if (!NAMING_KEYS.has(key)) found.push(value);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, key, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) collect(item, name, found);
  }
}

/**
 * A text as servers repeat it: as it is, and as JSON has it, with and without other letters than ASCII. Only those that can stand in their words: a text may be
 * huge, and words without a backslash hold nothing that JSON spells in another way.
 */
function spellingsOf(value: string, words: string): string[] {
  if (!words.includes('\\')) return [value];
  const escaped = JSON.stringify(value).slice(1, -1);
  const ascii = escaped.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [...new Set([value, escaped, ascii])];
}

/** Where a text of the request stands in a message. A short one may stand in other words too, and say nothing. */
function quotationsOf(text: string, value: string): TextRange[] {
  if (value.length < SHORTEST_QUOTED) return [];
  const isShort = value.length < QUOTED_RUN;
  return isShort && isCommon(value) ? [] : placesOf(text, value, isShort);
}

function maskRuns(text: string, content: string): string {
  const quoted = quotedRuns(text, content);
  const ranges: TextRange[] = [];
  for (let index = 0; index < text.length; index += 1)
    if (quoted.has(text.slice(index, index + QUOTED_RUN))) ranges.push([index, index + QUOTED_RUN]);
  return hide(text, ranges);
}

/** The runs of a text that stand in the content too. The content may be huge, and is looked through once. */
function quotedRuns(text: string, content: string): ReadonlySet<string> {
  const quoted = new Set<string>();
  const sought = new Set<string>();
  for (let index = 0; index + QUOTED_RUN <= text.length; index += 1) sought.add(text.slice(index, index + QUOTED_RUN));
  let begins = beginningsOf(sought);
  for (let index = 0; index + BEGINNING <= content.length; index += STRIDE) {
    if (begins[beginning(content, index)] === 0) continue;
    for (let start = Math.max(0, index - STRIDE + 1); start <= index; start += 1) {
      if (begins[beginning(content, start)] === 0) continue;
      const run = content.slice(start, start + QUOTED_RUN);
      if (!sought.delete(run)) continue;
      quoted.add(run);
      // What is found is sought no more: a content that says the same for ever costs no more than another.
      begins = beginningsOf(sought);
    }
  }
  return quoted;
}

/** Which beginnings the runs have, at any place where one can be looked for. Few stand in the content at all: the others cost next to nothing. */
function beginningsOf(runs: ReadonlySet<string>): Uint8Array {
  const begins = new Uint8Array(BEGINNINGS);
  for (const run of runs) for (let at = 0; at < STRIDE; at += 1) begins[beginning(run, at)] = 1;
  return begins;
}

/** A number for the characters at a place, as many as a beginning has. */
function beginning(text: string, index: number): number {
  const first = text.charCodeAt(index) * 31 + text.charCodeAt(index + 1);
  return (first * 961 + text.charCodeAt(index + 2) * 31 + text.charCodeAt(index + 3)) % BEGINNINGS;
}
