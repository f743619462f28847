import { quoteJson } from './json-text.js';
import { propertyJson, readProperty } from './json-value.js';

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
    const value = propertyJson(key, readProperty(values, key), room);
    if (value === undefined) continue;
    json += json === '' ? `${quoteJson(key)}:${value}` : `,${quoteJson(key)}:${value}`;
    count += 1;
  }
  return json;
}
