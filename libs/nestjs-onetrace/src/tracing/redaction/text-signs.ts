/** Something in a text that may belong to a secret; what it is, is looked at only then. */
export const SIGN = {
  /** `=` or `:`, between a key and its value. */
  assignment: 1,
  /** `@`, after the user of an address. */
  at: 2,
  /** Digits enough for a card's number. */
  digits: 4,
  /** `Bearer ` or `Basic `, in any case. */
  scheme: 8,
  /** What the keys of well-known services and JSON Web Tokens begin with. */
  token: 16,
  /** `--BEGIN`. */
  pem: 32,
} as const;

const FEWEST_DIGITS = 13;
/** Shortest text that can hold a secret and what it is known by: `pwd=a`. */
const SHORTEST = 5;

const DIGIT = 1;
const ASSIGNMENT = 2;
const AT = 3;
const SPACE = 4;
const DASH = 5;
const UNDERSCORE = 6;
const DOT = 7;
const LETTER = 8;

const UNDERSCORED = /(?:live|test|pat|npm|hf|sec|v1)$/;

const KINDS = new Uint8Array(128);
for (const [kind, characters] of [
  [DIGIT, '0123456789'],
  [ASSIGNMENT, '=:'],
  [AT, '@'],
  [SPACE, ' \t'],
  [DASH, '-'],
  [UNDERSCORE, '_'],
  [DOT, '.'],
  [LETTER, 'JAz'],
] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}

/** What of a text has to be looked at more closely; 0 for nearly every text. One pass, without a regular expression. */
export function signsOf(text: string): number {
  const { length } = text;
  if (length < SHORTEST) return 0;
  let signs = 0;
  let digits = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (KINDS[code] as number) : 0;
    if (kind === 0) continue;
    if (kind === DIGIT) digits += 1;
    else if (kind === ASSIGNMENT) signs |= SIGN.assignment;
    else if (kind === AT) signs |= SIGN.at;
    else if (kind === SPACE) signs |= endsScheme(text, at) ? SIGN.scheme : 0;
    else if (kind === DASH && text.charCodeAt(at + 1) === 66) signs |= SIGN.pem;
    else if (endsPrefix(text, at, kind)) signs |= SIGN.token;
  }
  return digits >= FEWEST_DIGITS ? signs | SIGN.digits : signs;
}

const lower = (text: string, at: number): number => text.charCodeAt(at) | 0x20;

/** `Bearer` and `Basic` before a space: by their last and their first letter. */
function endsScheme(text: string, at: number): boolean {
  const last = lower(text, at - 1);
  return (last === 114 && lower(text, at - 6) === 98) || (last === 99 && lower(text, at - 5) === 98);
}

/** The last two characters of what a key begins with: `sk-`, `ghp_`, `eyJ`, `AKIA`, `AIza`, `ya29.` ... */
function endsPrefix(text: string, at: number, kind: number): boolean {
  const before = text.charCodeAt(at - 1);
  switch (kind) {
    case DASH: // sk-  glpat-  xoxb-  xapp-
      return (
        (before === 107 && text.charCodeAt(at - 2) === 115) ||
        text.startsWith('pat', at - 3) ||
        text.startsWith('xox', at - 4) ||
        text.startsWith('xapp', at - 4)
      );
    case UNDERSCORE: // sk_live_ rk_test_  ghp_ ...  github_pat_  npm_  hf_  whsec_  dop_v1_
      return (
        text.startsWith('gh', at - 3) || // the letter between tells what it opens
        UNDERSCORED.test(text.slice(Math.max(0, at - 4), at))
      );
    case DOT: // ya29.  SG.  hvs.
      return before === 57 || before === 71 || text.startsWith('hv', at - 3);
    default: // eyJ  AKIA ASIA  AIza
      return before === 121 || before === 73;
  }
}
