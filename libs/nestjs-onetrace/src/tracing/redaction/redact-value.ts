import { hashIdentifier } from '../../context/index.js';
import { isCardNumber } from './card-number.js';
import { redactedPaths, redactionRules } from './configured-redaction.js';
import { isHidden } from './is-secret.js';
import { redactAlong } from './redacted-paths.js';
import { redactPairs } from './redact-pairs.js';
import { redactText } from './redact-text.js';
import { type KeyRule, REDACTED } from './redaction-rules.js';

/** Smallest number that can be a payment card's. */
export const LEAST_CARD = 1e12;
const BEYOND_CARDS = 10n ** 19n;

/**
 * The value as it may be written under a key; a replacer of `JSON.stringify`. By key: secrets and what the lists of the
 * applications name. By value: `redactText` for texts, numbers of payment cards, and what stands beside the name of a secret.
 * Changes nothing that it is given. Never throws.
 */
export function redactValue(key: string, value: unknown): unknown {
  const rule = redactionRules().of(key);
  if (rule !== 'keep' && isHidden(rule, value)) return hidden(rule, key, value);
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'number') return value >= LEAST_CARD && isCardNumber(String(value)) ? REDACTED : value;
  if (typeof value === 'object') return value === null ? value : redactPairs(key, value);
  // Writing out a number of a million digits takes seconds.
  if (typeof value === 'bigint')
    return value < BEYOND_CARDS && value > 0n && isCardNumber(String(value)) ? REDACTED : value;
  return value;
}

/** Whether neither a list nor its name says anything about a property of an application's object: then only its value counts. */
export function isPlainKey(key: string): boolean {
  return redactionRules().listedAs(key, '') === undefined && redactionRules().of(key) === 'keep';
}

/**
 * The same for a property of an object of the application's, whose spellings of what the lists name count too: `userId`, and `id` in the
 * object under `user` (`holder`), for `user.id`.
 */
export function redactProperty(key: string, value: unknown, holder = ''): unknown {
  return redactValue(redactionRules().listedAs(key, holder) ?? key, value);
}

/** What is given to a line, without what the applications' paths name: the same object where none leads anywhere. Never throws. */
export function redactPaths<T extends object>(fields: T): T {
  const paths = redactedPaths();
  if (paths === undefined) return fields;
  try {
    return redactAlong(fields, [paths]) as T;
  } catch {
    // A getter on a path has thrown: what cannot be looked through is not written.
    return { unreadable: REDACTED } as unknown as T;
  }
}

function hidden(rule: KeyRule, key: string, value: unknown): unknown {
  const isIdentifier = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
  return rule === 'hash' && isIdentifier ? (hashIdentifier(String(value), key) ?? REDACTED) : REDACTED;
}
