import { readProperty } from './json-value.js';
import { memberJson } from './member-writer.js';

/** Members that are written at most. */
const MOST = 1000;

/**
 * The properties of an object as members of one in JSON, without its braces, secrets redacted. Stops when there is more than
 * this many characters. Survives every value.
 */
export function membersJson(values: Readonly<Record<string, unknown>>, room: number): string {
  let json = '';
  let count = 0;
  for (const key of Object.keys(values)) {
    if (json.length > room || count === MOST) {
      return `${json},"…":"${Object.keys(values).length - count} more"`;
    }
    const member = memberJson(key, readProperty(values, key), room);
    if (member === undefined) continue;
    json += json === '' ? member : `,${member}`;
    count += 1;
  }
  return json;
}
