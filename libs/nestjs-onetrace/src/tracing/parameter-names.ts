const STRINGS_AND_COMMENTS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"|`(?:\\[\s\S]|[^`\\])*`/g;
const IDENTIFIER = /^(?:\.\.\.)?\s*([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)/u;

/**
 * Names of a method's parameters as its source text has them; an empty text for one that is destructured. Only used to leave
 * out arguments whose name tells that they are secret: a compiler that shortens names costs that protection and nothing else.
 */
export function parameterNames(method: (...args: never[]) => unknown): string[] {
  const source = method.toString().replace(STRINGS_AND_COMMENTS, '');
  return splitParameters(source).map((parameter) => IDENTIFIER.exec(parameter)?.[1] ?? '');
}

function splitParameters(source: string): string[] {
  const parameters: string[] = [];
  let depth = 0;
  let from = -1;
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    // A computed name (`[Symbol.iterator]`) stands before the parameters.
    if (from < 0 && character === '(' && depth === 0) from = at + 1;
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    if (from < 0 || !((character === ',' && depth === 1) || depth === 0)) continue;
    const parameter = source.slice(from, at).trim();
    if (parameter !== '') parameters.push(parameter);
    if (depth === 0) break;
    from = at + 1;
  }
  return parameters;
}
