/**
 * What the name of a key says of the value: nothing, that every value under it is a secret, or that texts are while numbers are
 * counts (`tokens: 12`).
 */
export type KeySecrecy = 'none' | 'secret' | 'secretText';

/** Longest key that is looked through for a secret's name: of longer ones the end counts. */
const LONGEST_KEY = 256;
const CAMEL_HUMP = /([a-z0-9])([A-Z])/g;
const SEPARATORS = /[^a-z0-9\u0080-\uffff]+/g;

const ANYWHERE = /passw(?:or)?d|passphrase|passcode|authorization|비밀번호|패스워드/;
// Only at the end of a key: `token_type` and `secret_name` tell what a secret is like, not what it is.
const AT_THE_END = new RegExp(
  [
    '(?:token|secret|cookie|pwd|jwt|apikey|csrf|xsrf|sess(?:ion)?_?id)$',
    '(?:^|_)(?:bearer|otp|totp|credential|sid|ssn|cvv2?|cvc2?)$',
    '(?:^|_)(?:api|access|account|auth|encryption|decryption|hash|hmac|master|private|secret|service|session|shared|signing|ssh|subscription)_?key$',
    '(?:^|_)(?:access_?key_?id|credit_?card|(?:credit_?card|card|cc|pan)_?(?:no|num|number))$',
  ].join('|'),
);
// What a measure of language models is called: `time_to_first_token`, `cost_per_token`.
const MEASURED_TOKEN = /(?:^|_)(?:per|first|last|input|output|prompt|completion|max|min|total)_token$/;
const TEXTS_AT_THE_END = new RegExp(
  [
    '(?:^|_)(?:pass|secrets|cookies|credentials|jwts|(?:api|access|private|secret)_?keys)$',
    // Alone or qualified as a credential: `input_tokens` and `max_tokens` are counts.
    '^tokens$|(?:access|api|auth|bearer|csrf|device|id|refresh|reset|security|session)_?tokens$',
  ].join('|'),
);
/** In the query of an address also these are secrets: they sign it or open what it names. */
const IN_A_QUERY = /^(?:key|auth)$|(?:^|_)(?:sig|signature)$/;

/** Judges a key by its words, in any spelling: `apiKey`, `X-API-Key`, `api.key`. Counts such as `input_tokens` are no secrets. */
export function secrecyOf(key: string): KeySecrecy {
  const words = wordsOf(key);
  if (ANYWHERE.test(words)) return 'secret';
  if (AT_THE_END.test(words)) return MEASURED_TOKEN.test(words) ? 'none' : 'secret';
  return TEXTS_AT_THE_END.test(words) ? 'secretText' : 'none';
}

/** Whether a parameter of an address is a secret although a key of that name elsewhere would not be. */
export function isSecretParameter(name: string): boolean {
  return IN_A_QUERY.test(wordsOf(name));
}

function wordsOf(key: string): string {
  return key
    .slice(-LONGEST_KEY)
    .replace(CAMEL_HUMP, '$1_$2')
    .toLowerCase()
    .replace(SEPARATORS, '_')
    .replace(/^_|_$/g, '');
}
