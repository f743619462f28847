import { redactAssignments } from './assigned-secrets.js';
import { redactCardNumbers } from './card-number.js';
import { redactPrivateKeys, redactSchemes, redactTokens, redactUsers } from './known-tokens.js';
import { redactionRules } from './configured-redaction.js';
import { SIGN, signsOf } from './text-signs.js';

/**
 * A text without the secrets that can be known in it: what is assigned to a key that names a secret, credentials after `Bearer` and
 * `Basic`, JSON Web Tokens, keys of well-known services, private keys, users of addresses, numbers of payment cards. The same text
 * where there is nothing of that; time grows with its length only.
 */
export function redactText(text: string): string {
  const signs = signsOf(text);
  if (signs === 0) return text;
  let safe = text;
  if (signs & SIGN.pem) safe = redactPrivateKeys(safe);
  if (signs & SIGN.at) safe = redactUsers(safe);
  if (signs & SIGN.assignment) safe = redactAssignments(safe, redactionRules());
  if (signs & SIGN.scheme) safe = redactSchemes(safe);
  if (signs & SIGN.token) safe = redactTokens(safe);
  if (signs & SIGN.digits) safe = redactCardNumbers(safe);
  return safe;
}
