import { redactionRules } from './configured-redaction.js';
import type { KeyRule } from './redaction-rules.js';

/** Whether the value of a key must not be written anywhere: what a list names, and what its name says is a secret. */
export function isSecret(key: string, value: unknown): boolean {
  const rule = redactionRules().of(key);
  return rule !== 'keep' && isHidden(rule, value);
}

/** Whether a rule hides this value. */
export function isHidden(rule: KeyRule, value: unknown): boolean {
  if (rule === 'keep' || value === undefined) return false;
  // That there is a secret, or none, is no secret; what a list of the application names is hidden whatever it is.
  if (rule === 'secret') return value !== null && typeof value !== 'boolean' && value !== '';
  if (rule !== 'secretText') return true;
  // Numbers are counts; a text among its elements makes a list one of secrets.
  return typeof value === 'string'
    ? value !== ''
    : Array.isArray(value) && value.some((item) => typeof item === 'string');
}
