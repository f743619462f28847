const LONGEST = 1024;
// Whole words at the end of a key: `access_token` is a secret, `input_tokens` is a count.
const SECRET_KEY =
  /passw(?:or)?d|authorization|(?:^|[_.\- ])(?:cookie|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)$/i;
const CAMEL_HUMP = /([a-z0-9])([A-Z])/g;

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Whether a key names something that must not be written anywhere. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.replace(CAMEL_HUMP, '$1_$2'));
}

/** A value as text for a span attribute: secrets by key name redacted, bounded, and never failing on what the user passes. */
export function recordedValue(value: unknown): string {
  let text: string | undefined;
  try {
    const seen = new WeakSet<object>();
    text = JSON.stringify(value, (key, item: unknown) => {
      if (isSecretKey(key)) return REDACTED;
      if (typeof item === 'bigint') return item.toString();
      if (typeof item === 'object' && item !== null) {
        if (seen.has(item)) return '[circular]';
        seen.add(item);
      }
      return item;
    });
  } catch {
    text = '[unserializable]';
  }
  const shown = text ?? String(value);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 1)}…` : shown;
}
