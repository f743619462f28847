import { isSecretKey } from '../recorded-value.js';
import type { PrivacySettings } from '../tracing-options.js';

/** What happens to the value of a key before it leaves the process. */
export type AttributeRule = 'keep' | 'drop' | 'hash' | 'redact';

/** Keys are few and come again with every span; a program that makes up keys must not fill the memory. */
const MOST_KNOWN_KEYS = 4096;

/**
 * Decides by key, once for each: `drop` wins over `hash`, `hash` over `redact`. What nobody listed is redacted when its
 * name says that it is a secret, and kept otherwise.
 */
export class AttributeRules {
  private readonly known = new Map<string, AttributeRule>();
  private readonly dropped: ReadonlySet<string>;
  private readonly hashed: ReadonlySet<string>;

  constructor(private readonly settings: Pick<PrivacySettings, 'hash' | 'drop' | 'redact'>) {
    this.dropped = new Set(settings.drop);
    this.hashed = new Set(settings.hash);
  }

  of(key: string): AttributeRule {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const rule = this.decide(key);
    if (this.known.size < MOST_KNOWN_KEYS) this.known.set(key, rule);
    return rule;
  }

  private decide(key: string): AttributeRule {
    if (this.dropped.has(key)) return 'drop';
    if (this.hashed.has(key)) return 'hash';
    const listed = this.settings.redact.some((entry) =>
      // `search` ignores the state that a global or sticky pattern carries from one use to the next.
      typeof entry === 'string' ? entry === key : key.search(entry) !== -1,
    );
    return listed || isSecretKey(key) ? 'redact' : 'keep';
  }
}
