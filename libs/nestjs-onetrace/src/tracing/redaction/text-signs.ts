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

const LETTER = 0;
const DIGIT = 1;
const SPACE = 2;
const DASH = 3;
const OTHER = 4;
const ASSIGNMENT = 5;
const AT = 6;
const UNDERSCORE = 7;
const DOT = 8;
const TOKEN_LETTER = 9;

/** Fewer than any text of a readable length makes up for. */
const IN_A_WORD = -(2 ** 30);

const UNDERSCORED_WORD = /(?:live|test|pat|npm|hf|sec|v1)$/;
/** The last letters of these. */
const UNDERSCORED = new Set([...'etmfc1'].map((character) => character.charCodeAt(0)));

const KINDS = new Uint8Array(128).map((_, code) => (/[A-Za-z]/.test(String.fromCharCode(code)) ? LETTER : OTHER));
for (const [kind, characters] of [
  [DIGIT, '0123456789'],
  [SPACE, ' \t'],
  [DASH, '-'],
  [ASSIGNMENT, '=:'],
  [AT, '@'],
  [UNDERSCORE, '_'],
  [DOT, '.'],
  [TOKEN_LETTER, 'JAz'],
] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}

/** What of a text has to be looked at more closely; 0 for nearly every text. One pass, without a regular expression. */
export function signsOf(text: string): number {
  const { length } = text;
  if (length < SHORTEST) return 0;
  let signs = 0;
  /** Digits with nothing but blanks and hyphens between them; those of a word, such as a UUID's, do not count. */
  let digits = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (KINDS[code] as number) : OTHER;
    if (kind === DIGIT) {
      digits += 1;
      if (digits === FEWEST_DIGITS) signs |= SIGN.digits;
      continue;
    }
    if (kind === LETTER) {
      digits = IN_A_WORD;
      continue;
    }
    if (kind > DASH || digits < 0) digits = 0;
    if (kind === OTHER) continue;
    if (kind === ASSIGNMENT) signs |= isAssignment(text, at, code) ? SIGN.assignment : 0;
    else if (kind === AT) signs |= SIGN.at;
    else if (kind === SPACE) signs |= endsScheme(text, at) ? SIGN.scheme : 0;
    else if (kind === DASH && text.charCodeAt(at + 1) === 66) signs |= SIGN.pem;
    else {
      if (kind === TOKEN_LETTER) digits = IN_A_WORD;
      if (endsPrefix(text, at, kind)) signs |= SIGN.token;
    }
  }
  return signs;
}

/** Not the colon of an address or of a route's parameter. */
function isAssignment(text: string, at: number, code: number): boolean {
  return code !== 58 || (text.charCodeAt(at + 1) !== 47 && text.charCodeAt(at - 1) !== 47);
}

const lower = (text: string, at: number): number => text.charCodeAt(at) | 0x20;

/** `Bearer` and `Basic` before a space: by their last and their first letter. */
function endsScheme(text: string, at: number): boolean {
  const last = lower(text, at - 1);
  return (last === 114 && lower(text, at - 6) === 98) || (last === 99 && lower(text, at - 5) === 98);
}

/**
 * What keys of services and JSON Web Tokens begin with, by its end: `sk-`, `ghp_`, `eyJ`, `AKIA`, `AIza`, `ya29.` ... Single characters
 * are compared first: nearly every text has a hyphen or a dot, and nearly none of these.
 */
function endsPrefix(text: string, at: number, kind: number): boolean {
  const before = text.charCodeAt(at - 1);
  switch (kind) {
    case DASH: // sk-  glpat-  xoxb-  xapp-
      return (
        (before === 107 && text.charCodeAt(at - 2) === 115) ||
        (before === 116 && text.startsWith('pat', at - 3)) ||
        (text.charCodeAt(at - 4) === 120 && (text.startsWith('xox', at - 4) || text.startsWith('xapp', at - 4)))
      );
    case UNDERSCORE: // ghp_ ...  sk_live_ rk_test_  github_pat_  npm_  hf_  whsec_  dop_v1_
      return (
        (text.charCodeAt(at - 2) === 104 && text.charCodeAt(at - 3) === 103) ||
        (UNDERSCORED.has(before) && UNDERSCORED_WORD.test(text.slice(Math.max(0, at - 4), at)))
      );
    case DOT: // ya29.  SG.  hvs.
      return before === 57 || before === 71 || (before === 115 && text.startsWith('hv', at - 3));
    default: // eyJ  AKIA ASIA  AIza
      return before === 121 || before === 73;
  }
}
