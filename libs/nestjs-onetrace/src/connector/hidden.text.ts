/** What stands in the place of what is hidden. */
export const MASK = '[not shown]';

/** A part of a text, from its first character to the one behind its last. */
export type TextRange = readonly [from: number, to: number];

// Scripts that have spaces between their words; of the others each character stands for itself.
const WORD = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}_]/u;
const ESCAPE_BEFORE = /\\(?:[bfnrt]|u[\da-f]{4})$/i;
const LONGEST_ESCAPE = 6;

/** The text without these parts, and without the rest of each word that they cut: half of one tells nobody anything. */
export function hide(text: string, ranges: readonly TextRange[]): string {
  let shown = '';
  let until = 0;
  for (const [from, to] of wholeWords(text, ranges)) {
    // What overlaps or touches the part before it is the same quotation.
    if (from > until || shown === '') shown += text.slice(until, from) + MASK;
    until = to;
  }
  return shown + text.slice(until);
}

/** Where a value stands in a text; with `asWords`, only where it is no part of another word. */
export function placesOf(text: string, value: string, asWords: boolean): TextRange[] {
  const places: TextRange[] = [];
  for (let from = text.indexOf(value); from !== -1; from = text.indexOf(value, from + value.length)) {
    const to = from + value.length;
    if (!asWords || (!cutsWord(text, from) && !cutsWord(text, to))) places.push([from, to]);
  }
  return places;
}

/** In order of their beginnings. */
function wholeWords(text: string, ranges: readonly TextRange[]): TextRange[] {
  return ranges
    .map(([start, end]): TextRange => {
      let [from, to] = [start, end];
      while (cutsWord(text, from)) from -= 1;
      while (cutsWord(text, to)) to += 1;
      return [from, to];
    })
    .sort(([one], [other]) => one - other)
    .reduce<[number, number][]>((merged, [from, to]) => {
      const last = merged.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else merged.push([from, to]);
      return merged;
    }, []);
}

/** Whether a word goes on here. What JSON writes of a line break ends in a letter, which begins no word. */
function cutsWord(text: string, at: number): boolean {
  if (!WORD.test(text.charAt(at - 1)) || !WORD.test(text.charAt(at))) return false;
  return !ESCAPE_BEFORE.test(text.slice(Math.max(0, at - LONGEST_ESCAPE), at));
}
