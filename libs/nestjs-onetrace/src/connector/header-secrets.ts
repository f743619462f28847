/** Characters from which a value counts as a secret: shorter ones stand in other words too. */
const SHORTEST = 4;
/** Headers whose values say nothing secret, and stand in many a message of a server. */
const HARMLESS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'content-length',
  'content-type',
  'user-agent',
]);

/**
 * The values of headers that must never be written, and of those with a scheme (`Bearer`, `Basic`) what follows it: servers repeat
 * the key alone.
 */
export function headerSecrets(headers: Iterable<readonly [string, string]>, shortest = SHORTEST): string[] {
  const values = Array.from(headers).flatMap(([name, value]) => (HARMLESS.has(name.toLowerCase()) ? [] : [value]));
  const keys = values.map((value) => value.replace(/^[\w-]+ +/, ''));
  return longest([...values, ...keys], shortest);
}

/** The query of an address, and its values, as they are sent and as they were meant. */
export function querySecrets(query: string): string[] {
  const text = query.replace(/^\?/, '');
  const sent = text.split('&').map((part) => part.slice(part.indexOf('=') + 1));
  return longest([text, decoded(text), ...sent, ...new URLSearchParams(text).values()], SHORTEST);
}

/** The longest first, so that no part of one hides the rest of it. */
function longest(values: readonly string[], shortest: number): string[] {
  return [...new Set(values)].filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
