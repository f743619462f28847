/** Characters of an ID, a version or the like that are told: real ones are shorter. */
const LONGEST = 256;

/** What a server says of itself, for a span or a line; `undefined` of anything but a text, since a server may send anything there. */
export function toldText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.length > LONGEST ? `${value.slice(0, LONGEST - 1)}…` : value;
}
