import { isCommon } from './common-words.js';
import { hide, MASK, placesOf, type TextRange } from './hidden.text.js';

/** Texts of the request that are shorter are not looked for. */
const SHORTEST_QUOTED = 4;
/** Runs of text this long that also stand in the request count as quoted from it. */
const QUOTED_RUN = 12;
const BEGINNINGS = 1 << 16;
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
  const content = contentOf(sent).flatMap(spellingsOf);
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

/** A text as servers repeat it: as it is, and as JSON has it, with and without other letters than ASCII. */
function spellingsOf(value: string): string[] {
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
  const runs = new Set<string>();
  // Few beginnings of runs stand in the content at all: the others cost next to nothing.
  const begins = new Uint8Array(BEGINNINGS);
  for (let index = 0; index + QUOTED_RUN <= text.length; index += 1) {
    runs.add(text.slice(index, index + QUOTED_RUN));
    begins[beginning(text, index)] = 1;
  }
  const quoted = new Set<string>();
  for (let index = 0; index + QUOTED_RUN <= content.length; index += 1) {
    if (begins[beginning(content, index)] === 0) continue;
    const run = content.slice(index, index + QUOTED_RUN);
    if (runs.has(run)) quoted.add(run);
  }
  return quoted;
}

/** A number for the first characters of a run. */
function beginning(text: string, index: number): number {
  const first = text.charCodeAt(index) * 31 + text.charCodeAt(index + 1);
  return (first * 961 + text.charCodeAt(index + 2) * 31 + text.charCodeAt(index + 3)) % BEGINNINGS;
}
