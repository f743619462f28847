/**
 * What JSON has to escape, and what it does not but a terminal or an editor would obey: DEL and the C1 controls (an escape
 * sequence may begin with one), line separators, marks that turn the direction of writing. Surrogates are looked at one by one.
 */
const TO_ESCAPE = /["\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/;
const LEFT_BY_JSON = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * A text as JSON that stands in one line, also in a terminal's: nothing in it can forge a second one. Half a surrogate pair,
 * which strict readers refuse even when it is escaped, becomes U+FFFD.
 */
export function quoteJson(text: string): string {
  return TO_ESCAPE.test(text) ? JSON.stringify(text.toWellFormed()).replace(LEFT_BY_JSON, escapeUnit) : `"${text}"`;
}

/** A text as JSON of at most so many bytes, the end left out where it is longer. */
export function quoteJsonWithin(text: string, bytes: number): string {
  let longest = bytes;
  for (;;) {
    const json = quoteJson(text.length > longest ? `${text.slice(0, longest)}…` : text);
    const size = Buffer.byteLength(json);
    if (longest === 0 || size <= bytes) return json;
    // Room for the mark and the quotes.
    longest = Math.min(longest - 1, Math.floor((Math.min(longest, text.length) * Math.max(bytes - 5, 0)) / size));
  }
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
