import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';

/** Characters at which grammars of header values break: separators, white space, the neighbours of digits and letters, what is not ASCII. */
const EDGE_CHARACTERS = [...',;=-_@*/. \t\r\n\0"\\%`{g/:GFA@09afz\u007f\u0080\u00a0\u00e9\u0665\u2028\ufeff\ud800'];

const character = fc.oneof(fc.constantFrom(...EDGE_CHARACTERS), fc.string({ minLength: 1, maxLength: 1 }));

/** Texts near the given ones: a few characters replaced, inserted, left out or repeated, or the text put beside itself. */
export function nearly(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit = fc.record({ at: fc.nat(), what: fc.constantFrom('replace', 'insert', 'remove', 'double'), character });
  return fc.tuple(texts, fc.array(edit, { maxLength: 3 })).map(([text, edits]) =>
    edits.reduce((current, { at, what, character: other }) => {
      const position = current.length === 0 ? 0 : at % (current.length + 1);
      const before = current.slice(0, position);
      if (what === 'insert') return before + other + current.slice(position);
      if (what === 'double') return `${current}${other}${current}`;
      return before + (what === 'replace' ? other : '') + current.slice(position + 1);
    }, text),
  );
}

/**
 * The texts on which two readers differ, of all that differ from the given one in one character, which becomes each of the first 384 of
 * Unicode.
 */
export function disagreements(
  text: string,
  one: (text: string) => unknown,
  other: (text: string) => unknown,
): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at += 1) {
    for (let code = 0; code < 384; code += 1) {
      const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
      if (!isDeepStrictEqual(one(changed), other(changed))) found.push(changed);
    }
  }
  return found;
}
