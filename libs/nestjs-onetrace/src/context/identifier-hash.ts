import { createHmac } from 'node:crypto';
import { ATTR, HASHED_IDENTIFIER } from '../semantics/index.js';
import { noticeOnce } from './notice.js';

/** How identifiers of persons are hashed. */
export interface IdentifierHashSettings {
  /** Key of the HMAC; without one, what should be hashed is dropped. */
  readonly hashKey: string | undefined;
  /** Attribute keys whose values are hashed; `user.id` among them means that user IDs are hashed when they come in. */
  readonly hash: readonly string[];
  /** Attribute keys that are removed; `user.id` among them means that user IDs are not carried at all. */
  readonly drop?: readonly string[];
  /** Attribute keys whose values are replaced; what should be replaced is not carried either. */
  readonly redact?: readonly (string | RegExp)[];
}

// Shared by every copy of the library in a process. Until somebody configures it, user IDs are dropped: a raw one must not leak.
const STATE_KEY = Symbol.for('onetrace.context.identifier-hash');
const holder = globalThis as { [STATE_KEY]?: { settings: IdentifierHashSettings } };
const state = (holder[STATE_KEY] ??= { settings: { hashKey: undefined, hash: [ATTR.userId] } });

/** Sets key and scope for this process. Of several applications in one process the last one's count for all. */
export function configureIdentifierHash({ hashKey, hash, drop = [], redact = [] }: IdentifierHashSettings): void {
  state.settings = { hashKey, hash, drop, redact };
}

/**
 * Keyed hash (HMAC-SHA-256) of an identifier that must not be recorded itself: `hmac:` and 32 hexadecimal digits. A value that already
 * has that form is given back, so that every hop sees the same text. Without a key there is none, and one notice says so: an
 * unkeyed hash of a short ID can be undone by trying all of them. `name` is what the notice calls the value: its attribute key.
 */
export function hashIdentifier(
  value: string | number | bigint | null | undefined,
  name = 'a value',
): string | undefined {
  // Nobody is no person: one hash for all the anonymous would make one person of them.
  if (value === undefined || value === null || value === '') return undefined;
  const text = String(value);
  if (HASHED_IDENTIFIER.test(text)) return text;
  const { hashKey } = state.settings;
  if (hashKey === undefined) {
    noticeOnce(
      'hash-key',
      `${name} was left out, and so is all else that is to be hashed, because no hash key is set; ` +
        'set `privacy.hashKey` or ONETRACE_HASH_KEY',
    );
    return undefined;
  }
  return `hmac:${createHmac('sha256', hashKey).update(text).digest('hex').slice(0, 32)}`;
}

/**
 * A user ID as it may be carried, by the rules of spans: dropped, hashed, redacted, or as it is where the application took it out of
 * all lists. `undefined` where it must not be carried.
 */
export function admitUserId(userId: string): string | undefined {
  const { hash, drop = [] } = state.settings;
  if (hash.includes(ATTR.userId) && !drop.includes(ATTR.userId)) return hashIdentifier(userId, ATTR.userId);
  return keepsUserIds() ? userId : undefined;
}

/** Whether the application took `user.id` out of all lists, so that user IDs are carried as they are. */
export function keepsUserIds(): boolean {
  const { hash, drop = [], redact = [] } = state.settings;
  return ![...hash, ...drop, ...redact].some((entry) =>
    typeof entry === 'string' ? entry === ATTR.userId : ATTR.userId.search(entry) !== -1,
  );
}
