import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Control characters, and those that turn the direction of what follows: a log line must not steer the terminal. */

const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** A text of unknown origin as it may be printed: one line, without escape sequences. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(UNPRINTABLE, ' ');
}

/** Columns a text takes; wide characters take two. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Cuts a text to a number of columns; what was cut ends with `…`. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return kept.trimEnd() + ELLIPSIS;
}

/** Cuts and fills a text to exactly a number of columns. */
export function fit(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const short = cut(text, columns);
  const fill = ' '.repeat(Math.max(0, columns - widthOf(short)));
  return align === 'left' ? short + fill : fill + short;
}

/** Breaks a text at spaces into lines of a number of columns, `maxLines` at most; the last one is cut. */
export function wrap(text: string, columns: number, maxLines: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (widthOf(longer) <= columns || current === '' || lines.length === maxLines - 1) current = longer;
    else {
      lines.push(current);
      current = word;
    }
  }
  return [...lines, current].map((line) => cut(line, columns));
}
