import { MAX_LINE_BYTES } from '../semantics/index.js';
import { cutLine } from './cut-line.js';
import { membersJson } from './json-members.js';
import { quoteJson } from './json-text.js';
import { propertyJson } from './json-value.js';
import type { LineParts } from './line-parts.js';
import { lineTop } from './line-top.js';
import { messageJson } from './member-writer.js';

/**
 * Writes one line of the schema: a JSON object, fields in fixed order, absent ones left out, secrets redacted, at most 32 KiB.
 * Trace, span and identity come from its context unless the fields give them. Survives every value.
 */
export function writeLine(parts: LineParts): string {
  const { message, error } = parts;
  // What is longer than a line is cut before it is looked through for secrets.
  const text = message.length > MAX_LINE_BYTES ? message.slice(0, MAX_LINE_BYTES) : message;
  let line = lineTop(parts, messageJson(text), quoteJson);
  if (error !== undefined) line += `,"error":${propertyJson('error', error, MAX_LINE_BYTES) ?? '{}'}`;
  const members = extraMembers(parts);
  line += members === '' ? '}\n' : `,"extra":{${members}}}\n`;
  // A character of a JavaScript text takes at most three bytes.
  if (message === text && (line.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(line) <= MAX_LINE_BYTES)) return line;
  return cutLine(parts);
}

function extraMembers({ extra, bindings, bindingsJson }: LineParts): string {
  if (extra === undefined) return bindingsJson;
  if (bindingsJson === '') return membersJson(extra, MAX_LINE_BYTES);
  // A key stands once in an object.
  for (const key in extra) {
    if (Object.hasOwn(bindings, key)) return membersJson({ ...bindings, ...extra }, MAX_LINE_BYTES);
  }
  const members = membersJson(extra, MAX_LINE_BYTES);
  return members === '' ? bindingsJson : `${bindingsJson},${members}`;
}
