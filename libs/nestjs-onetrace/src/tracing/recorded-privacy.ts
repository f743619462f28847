import { isSecret, redactionRules, redactValue } from './redaction/index.js';

/**
 * What stands in the place of a value that privacy does not let be recorded under a key of an object under another (`holder`): its
 * keyed hash, or `[redacted]`; `undefined` for a value that may be recorded.
 */
export function hiddenForm(key: string, value: unknown, holder = ''): string | undefined {
  if (isSecret(key, value)) return redactValue(key, value) as string;
  const listed = value === undefined ? undefined : redactionRules().listedAs(key, holder);
  return listed === undefined ? undefined : (redactValue(listed, value) as string);
}
