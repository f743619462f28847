const MASK = '[not shown]';
/** Runs of text this long that also stand in the request count as quoted from it. */
const QUOTED_RUN = 12;
const SEARCHED = 256 * 1024;
const LONGEST_MESSAGE = 300;
/** Keys whose texts a message needs to be understood; all others hold content. */
const NAMING_KEYS: ReadonlySet<string> = new Set(['model', 'role', 'type', 'name', 'datatype', 'id']);

/**
 * Takes out of a server's message what it quotes from the request (validation errors of vLLM repeat the input) and
 * every secret, then bounds it. Words of the server's own stay as they are.
 */
export function maskQuotes(message: string, sent: string, secrets: readonly string[]): string {
  let text = message;
  for (const secret of secrets) text = text.replaceAll(secret, MASK);
  // A dump of the input ends every message that has one; what follows it is not worth the risk.
  text = text.replace(/["']input["']\s*:[\s\S]*$/, MASK).slice(0, LONGEST_MESSAGE * 2);
  const content = contentOf(sent);
  for (const value of content) if (value.length >= 4) text = text.replaceAll(value, MASK);
  text = maskRuns(text, content.join('\0').slice(0, SEARCHED));
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 1)}…` : text;
}

/** The texts of a request that are content, longest first; of a body that is not JSON, all of it. */
function contentOf(sent: string): string[] {
  const found: string[] = [];
  try {
    collect(JSON.parse(sent), '', found);
  } catch {
    return [sent];
  }
  return found.sort((a, b) => b.length - a.length);
}

function collect(value: unknown, key: string, found: string[]): void {
  if (typeof value === 'string') {
    if (!NAMING_KEYS.has(key)) found.push(value);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, key, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) collect(item, name, found);
  }
}

function maskRuns(text: string, content: string): string {
  let masked = '';
  let index = 0;
  while (index < text.length) {
    let end = index + QUOTED_RUN;
    if (end > text.length || !content.includes(text.slice(index, end))) {
      masked += text[index];
      index += 1;
      continue;
    }
    while (end < text.length && content.includes(text.slice(index, end + 1))) end += 1;
    masked += MASK;
    index = end;
  }
  return masked;
}
