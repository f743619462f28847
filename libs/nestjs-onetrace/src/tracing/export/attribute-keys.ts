// Keys are few and come again with every span; those from outside must not fill the memory, in number and in length.
const MOST_KNOWN_KEYS = 1024;
const LONGEST_KNOWN_KEY = 127;
const KEY_TAG = 0x0a;

const known = new Map<string, Uint8Array>();

/** The field `key` of a `KeyValue`, as encoded before; `undefined` for a key that is too long to be remembered. */
export function encodedKey(key: string): Uint8Array | undefined {
  return known.get(key) ?? encode(key);
}

function encode(key: string): Uint8Array | undefined {
  if (key.length > LONGEST_KNOWN_KEY) return undefined;
  const text = Buffer.from(key);
  if (text.length > LONGEST_KNOWN_KEY) return undefined;
  const encoded = Uint8Array.of(KEY_TAG, text.length, ...text);
  if (known.size >= MOST_KNOWN_KEYS) known.clear();
  known.set(key, encoded);
  return encoded;
}
