import { isSecret, redactionRules, redactValue } from './redaction/index.js';

const LONGEST_KEY = 256;
const HUMPS_AND_SEPARATORS = /(?<=[a-z0-9])(?=[A-Z])|[_-]/g;
/** What the application's lists say; the names of secrets are known in any spelling anyway, and may be kept. */
const LISTED: ReadonlySet<string> = new Set(['drop', 'hash', 'redact']);

/**
 * What stands in the place of a value that privacy does not let be recorded under a key: its keyed hash, or `[redacted]`; `undefined`
 * for a value that may be recorded. The lists name attributes, code has other spellings: `user.id` also means `userId`,
 * `user_id`, and `id` in the object under `user` (`holder`).
 */
export function hiddenForm(key: string, value: unknown, holder = ''): string | undefined {
  if (isSecret(key, value)) return redactValue(key, value) as string;
  if (value === undefined || key === '' || key.length > LONGEST_KEY) return undefined;
  const spelling = attributeSpelling(key);
  const names = holder === '' ? [spelling] : [spelling, `${attributeSpelling(holder)}.${spelling}`];
  const listed = names.find((name) => LISTED.has(redactionRules().of(name)));
  return listed === undefined ? undefined : (redactValue(listed, value) as string);
}

/** `userId`, `user_id` and `user-id` as `user.id`. */
function attributeSpelling(key: string): string {
  return key.slice(0, LONGEST_KEY).replace(HUMPS_AND_SEPARATORS, '.').toLowerCase();
}
