import { createHmac } from 'node:crypto';
import { ATTR } from '../semantics/index.js';
import { noticeOnce } from './notice.js';

/** How identifiers of persons are hashed. */
export interface IdentifierHashSettings {
  /** Key of the HMAC; without one, what should be hashed is dropped. */
  readonly hashKey: string | undefined;
  /** Attribute keys whose values are hashed; `user.id` among them means that user IDs are hashed when they come in. */
  readonly hash: readonly string[];
}

// Shared by every copy of the library in a process. Until somebody configures it, user IDs are dropped: a raw one must not leak.
const STATE_KEY = Symbol.for('onetrace.context.identifier-hash');
const holder = globalThis as { [STATE_KEY]?: { settings: IdentifierHashSettings } };
const state = (holder[STATE_KEY] ??= { settings: { hashKey: undefined, hash: [ATTR.userId] } });

/** The form of a hashed identifier, by which it is known that it must not be hashed again. */
const HASHED = /^hmac:[0-9a-f]{32}$/;

/** Sets key and scope for this process. Of several applications in one process the last one's count for all. */
export function configureIdentifierHash({ hashKey, hash }: IdentifierHashSettings): void {
  state.settings = { hashKey, hash };
}

/**
 * Keyed hash (HMAC-SHA-256) of an identifier that must not be recorded itself: `hmac:` and 32 hexadecimal digits. A value that already
 * has that form is given back, so that every hop sees the same text. Without a key there is none, and one notice says so: an
 * unkeyed hash of a short ID can be undone by trying all of them. `name` is what the notice calls the value: its attribute key.
 */
export function hashIdentifier(value: string, name = 'a value'): string | undefined {
  if (HASHED.test(value)) return value;
  const { hashKey } = state.settings;
  if (hashKey === undefined) {
    noticeOnce(
      'hash-key',
      `${name} was left out, and so is all else that is to be hashed, because no hash key is set; ` +
        'set `privacy.hashKey` or ONETRACE_HASH_KEY',
    );
    return undefined;
  }
  return `hmac:${createHmac('sha256', hashKey).update(value).digest('hex').slice(0, 32)}`;
}

/** A user ID as it may be carried: hashed, unless the application switched that off; `undefined` where it must be dropped. */
export function admitUserId(userId: string): string | undefined {
  return state.settings.hash.includes(ATTR.userId) ? hashIdentifier(userId, ATTR.userId) : userId;
}
