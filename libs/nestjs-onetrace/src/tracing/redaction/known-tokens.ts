import { REDACTED } from './redaction-rules.js';

// Every pattern takes what it has looked at, or fails within a fixed number of characters: time grows with the text, not with
// its square. What looks like a token and may be none is judged after it was found.
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?-----|$)/g;
const WEB_TOKEN = /eyJ[\w-]{8,}(\.[\w-]{4,}(?:\.[\w-]*)*)?/g;
const SERVICE_TOKEN = new RegExp(
  [
    '(?<![A-Za-z0-9])(?:',
    [
      'sk-[\\w-]{16,}', // OpenAI, Anthropic
      '(?:sk|rk)_(?:live|test)_\\w{10,}|whsec_\\w{16,}', // Stripe
      'gh[pousr]_\\w{16,}|github_pat_\\w{20,}', // GitHub
      'glpat-[\\w-]{16,}', // GitLab
      '(?:AKIA|ASIA)[0-9A-Z]{16}', // AWS
      'AIza[\\w-]{30,}|ya29\\.[\\w-]{16,}', // Google
      'xox[abeoprs]-[\\w-]{10,}|xapp-[\\w-]{10,}', // Slack
      'npm_\\w{30,}|hf_\\w{30,}|do[opr]_v1_\\w{30,}|hvs\\.[\\w-]{20,}', // npm, Hugging Face, DigitalOcean, Vault
      'SG\\.[\\w-]{16,64}\\.[\\w-]{16,}', // SendGrid
    ].join('|'),
    ')',
  ].join(''),
  'g',
);
const BEARER = /(?<![A-Za-z0-9])(Bearer[ \t]{1,8})([\w.~+/-]{3,}={0,2})/gi;
const BASIC = /(?<![A-Za-z0-9])(Basic[ \t]{1,8})([A-Za-z0-9+/_-]{4,}={0,2})/gi;
/** Words that follow "bearer" where people write of tokens. */
const PROSE =
  /^(?:tokens?|auth|authenticat\w*|authoriz\w*|schemes?|headers?|credentials?|errors?|realm|of|is|was|are|and|or|not|for|must|missing|required|invalid|expired|the|access)[.,]?$/i;
const USER_OF_ADDRESS = /:\/\/[^\s/?#"'<>@]*@[^\s/?#"'<>]*/g;
// Where a password holds what ends the authority of an address; after a port it would be a path.
const ODD_PASSWORD = /:\/\/[^\s/?#:@"'<>[]{0,128}:(?!\d{1,5}(?:[/?#]|$))[^\s@"'<>]{0,128}@/g;

/** Private keys in PEM, also cut ones. */
export function redactPrivateKeys(text: string): string {
  return text.replace(PRIVATE_KEY, REDACTED);
}

/** JSON Web Tokens and the keys of well-known services. */
export function redactTokens(text: string): string {
  return text
    .replace(WEB_TOKEN, (found, rest: string | undefined) => (rest === undefined ? found : REDACTED))
    .replace(SERVICE_TOKEN, REDACTED);
}

/** What follows `Bearer` and `Basic`. */
export function redactSchemes(text: string): string {
  return text
    .replace(BEARER, (found, scheme: string, token: string) => (PROSE.test(token) ? found : `${scheme}${REDACTED}`))
    .replace(BASIC, (found, scheme: string, token: string) =>
      isUserAndPassword(token) ? `${scheme}${REDACTED}` : found,
    );
}

/** User and password of addresses. */
export function redactUsers(text: string): string {
  return text
    .replace(USER_OF_ADDRESS, (found) => `://${REDACTED}@${found.slice(found.lastIndexOf('@') + 1)}`)
    .replace(ODD_PASSWORD, `://${REDACTED}@`);
}

// "Basic" is a word of the language; the credentials of RFC 7617 hold a colon once they are decoded.
function isUserAndPassword(token: string): boolean {
  return Buffer.from(token.slice(0, 512), 'base64').includes(':');
}
