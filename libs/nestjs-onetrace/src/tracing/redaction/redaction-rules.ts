import { isSecretParameter, type KeySecrecy, secrecyOf } from './secret-keys.js';

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** What happens to the value of a key: what a list says, else what its name says. */
export type KeyRule = 'keep' | 'drop' | 'hash' | 'redact' | Exclude<KeySecrecy, 'none'>;

/** Which keys are treated how; everything else goes by the names of secrets. */
export interface RedactionLists {
  /** Keys whose values are replaced by their keyed hash. */
  readonly hash: readonly string[];
  /** Keys whose values are left out. */
  readonly drop: readonly string[];
  /** Keys (text: the whole key; pattern: what it finds) whose values are replaced by `[redacted]`. */
  readonly redact: readonly (string | RegExp)[];
  /** Keys, in the same form, that are no secrets although their names say so. */
  readonly keep: readonly (string | RegExp)[];
}

// Keys are few and come again with every line and span; those from outside must not fill the memory, in number and in length.
const MOST_KNOWN_KEYS = 4096;
const LONGEST_KNOWN_KEY = 256;
const HUMPS_AND_SEPARATORS = /(?<=[a-z0-9])(?=[A-Z])|[_-]/g;
const LISTED: ReadonlySet<KeyRule> = new Set(['drop', 'hash', 'redact']);

/** Decides by key, once for each: `drop` wins over `hash`, `hash` over `redact`, that over `keep`, and that over the names of secrets. */
export class RedactionRules {
  private readonly known = new Map<string, KeyRule>();
  private readonly spelled = new Map<string, string | null>();
  private readonly parameters = new Map<string, boolean>();
  private readonly dropped: ReadonlySet<string>;
  private readonly hashed: ReadonlySet<string>;

  constructor(private readonly lists: RedactionLists) {
    this.dropped = new Set(lists.drop);
    this.hashed = new Set(lists.hash);
  }

  of(key: string): KeyRule {
    return this.known.get(key) ?? remember(this.known, key, this.decide(key));
  }

  /**
   * The name under which a list knows a property of an application's object. The lists name attributes, code has other spellings:
   * `user.id` also means `userId`, `user_id`, and `id` in the object under `user` (`holder`). `undefined` where none does.
   */
  listedAs(key: string, holder: string): string | undefined {
    if (key.length + holder.length >= LONGEST_KNOWN_KEY) return undefined;
    const path = holder === '' ? key : `${holder}.${key}`;
    const known = this.spelled.get(path);
    return (known === undefined ? remember(this.spelled, path, this.findListed(key, path)) : known) ?? undefined;
  }

  /** Whether a parameter of an address that no list names is a secret there. */
  hidesParameter(name: string): boolean {
    return this.parameters.get(name) ?? remember(this.parameters, name, isSecretParameter(name));
  }

  private findListed(key: string, path: string): string | null {
    const names = new Set([key, attributeSpelling(key), attributeSpelling(path)]);
    return [...names].find((name) => name !== '' && LISTED.has(this.of(name))) ?? null;
  }

  private decide(key: string): KeyRule {
    if (this.dropped.has(key)) return 'drop';
    if (this.hashed.has(key)) return 'hash';
    if (isListed(this.lists.redact, key)) return 'redact';
    if (isListed(this.lists.keep, key)) return 'keep';
    const secrecy = secrecyOf(key);
    return secrecy === 'none' ? 'keep' : secrecy;
  }
}

/** `userId`, `user_id` and `user-id` as `user.id`. */
function attributeSpelling(key: string): string {
  return key.replace(HUMPS_AND_SEPARATORS, '.').toLowerCase();
}

function isListed(list: readonly (string | RegExp)[], key: string): boolean {
  return list.some((entry) =>
    // `search` ignores the state that a global or sticky pattern carries from one use to the next.
    typeof entry === 'string' ? entry === key : key.search(entry) !== -1,
  );
}

function remember<T>(known: Map<string, T>, key: string, decision: T): T {
  if (key.length > LONGEST_KNOWN_KEY) return decision;
  if (known.size >= MOST_KNOWN_KEYS) known.clear();
  known.set(key, decision);
  return decision;
}
