// Keys are few and come again with every span; those from outside must not fill the memory, in number and in length.
const MOST_KNOWN_KEYS = 1024;
const LONGEST_KNOWN_KEY = 127;
const LONGEST_KNOWN_TEXT = 64;
const KEY_TAG = 0x0a;

/** What is known of an attribute from the spans before: most are of one server, one model, one component. */
export interface KnownAttribute {
  /** The field `key` of its `KeyValue`. */
  readonly key: Uint8Array;
  /** Its last value, if that was a short text. */
  text: string | undefined;
  /** The whole `KeyValue` of that text with its length, once the text has come twice in a row. */
  keyValue: Uint8Array | undefined;
}

const known = new Map<string, KnownAttribute>();

/** What is known of the attribute of this key; `undefined` for a key that is too long to be remembered. */
export function knownAttribute(key: string): KnownAttribute | undefined {
  return known.get(key) ?? learnt(key);
}

/** Remembers the text that was written, and as what where it came before; a longer one only makes the last one forgotten. */
export function remember(attribute: KnownAttribute, text: string, keyValue: Uint8Array | undefined): void {
  attribute.text = text.length > LONGEST_KNOWN_TEXT ? undefined : text;
  attribute.keyValue = keyValue;
}

function learnt(key: string): KnownAttribute | undefined {
  if (key.length > LONGEST_KNOWN_KEY) return undefined;
  const text = Buffer.from(key);
  if (text.length > LONGEST_KNOWN_KEY) return undefined;
  const attribute = { key: Uint8Array.of(KEY_TAG, text.length, ...text), text: undefined, keyValue: undefined };
  if (known.size >= MOST_KNOWN_KEYS) known.clear();
  known.set(key, attribute);
  return attribute;
}
