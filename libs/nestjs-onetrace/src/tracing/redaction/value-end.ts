// Where a value inside a text ends. All go on to the end of the text where the end is missing: what was cut is a secret still.

const BACKSLASH = 92;

/** End of a text in quotes that `slashes` backslashes escape, as in JSON that stands in JSON. */
export function quotedEnd(text: string, start: number, quote: number, slashes: number): number {
  const mark = String.fromCharCode(quote);
  for (let at = text.indexOf(mark, start); at !== -1; at = text.indexOf(mark, at + 1)) {
    let before = 0;
    while (at - before > start && text.charCodeAt(at - before - 1) === BACKSLASH) before += 1;
    if (slashes === 0 ? before % 2 === 0 : before <= slashes) return at - (slashes === 0 ? 0 : before);
  }
  return text.length;
}

/** End of a list or an object, its last bracket included. */
export function bracketEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 91 || code === 123) depth += 1;
    else if (code === 93 || code === 125) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** End of the line, or of the quotes in which key and value stand together. */
export function lineEnd(text: string, start: number, before: number): number {
  const isQuoted = before === 34 || before === 39 || before === 96;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13 || (isQuoted && code === before)) return at;
  }
  return text.length;
}

/** End of a value without quotes: a blank, `&`, `;`, a quote, or punctuation that nothing of the value follows. */
export function bareEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 38 || code === 59 || code === 34 || code === 39 || code === 96) return at;
    if (isPunctuation(code) && endsHere(text.charCodeAt(at + 1))) return at;
  }
  return text.length;
}

/** `,` `)` `]` `}` `>` `|` `#` may be part of a password. */
function isPunctuation(code: number): boolean {
  return (
    code === 44 ||
    code === 41 ||
    code === 93 ||
    code === 125 ||
    code === 62 ||
    code === 124 ||
    code === 35 ||
    code === 46
  );
}

function endsHere(next: number): boolean {
  // NaN at the end of the text.
  return !(next > 32) || next === 34 || next === 39 || next === 96 || isPunctuation(next);
}
