import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const LEVEL_STYLES: Readonly<Record<string, Style>> = {
  DEBUG: 'gray',
  INFO: 'green',
  WARN: 'yellow',
  ERROR: 'red',
  FATAL: ['bold', 'red'],
};
/** Stand elsewhere in the text, or nowhere: one span's ID tells a person nothing. */
const NOT_LISTED: ReadonlySet<string> = new Set([
  'timestamp',
  'level',
  'message',
  'component',
  'trace_id',
  'span_id',
  'parent_span_id',
  'error',
  'extra',
]);
// A terminal obeys control characters and marks that turn the direction of writing, and a text that a caller sent must not be able to use them.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const CONTROL_OR_BREAK = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A line of the schema for a person at a terminal: time, level, component, message, fields, trace ID, and the error below. */
export function prettyLine(line: string, colours: boolean): string {
  const fields = parsed(line);
  if (fields === undefined) return line;
  const paint = (style: Style, text: string): string =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const { timestamp, level, component, message, trace_id: traceId, error, extra } = fields;
  const name = String(level);
  const parts = [
    paint('gray', localTime(String(timestamp))),
    paint(LEVEL_STYLES[name] ?? 'white', name.padEnd(5)),
    paint('cyan', oneLine(String(component))),
    oneLine(String(message)),
    ...listed({ ...without(fields), ...unlike(traceId, extra as object | undefined) }).map((text) =>
      paint('gray', text),
    ),
  ];
  if (traceId !== undefined) parts.push(paint('magenta', oneLine(traceId as string)));
  const below = error === undefined ? '' : `${paint('red', indented(error))}\n`;
  return `${parts.join(' ')}\n${below}`;
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function without(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !NOT_LISTED.has(key)));
}

/** A request's ID that is its trace ID stands at the end of the row. */
function unlike(traceId: unknown, extra: { readonly request_id?: unknown } = {}): object {
  const { request_id: requestId, ...others } = extra;
  return requestId === traceId ? others : extra;
}

function listed(fields: Record<string, unknown>): string[] {
  return Object.entries(fields).map(([key, value]) => {
    const text = typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
    return `${oneLine(key)}=${oneLine(text)}`;
  });
}

function localTime(timestamp: string): string {
  const time = new Date(timestamp);
  const two = (value: number): string => String(value).padStart(2, '0');
  const ms = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}

function indented(error: unknown): string {
  return stackOf(error)
    .replace(CONTROL, escaped)
    .split('\n')
    .map((row) => `    ${row}`)
    .join('\n');
}

/** The stack of an error, what else is known of it, and below those of what caused it. */
function stackOf(error: unknown): string {
  const { type, message, stack, cause, errors, ...more } = error as Record<string, unknown>;
  const texts = [typeof stack === 'string' ? stack : `${String(type)}: ${String(message)}`];
  if (Object.keys(more).length > 0) texts.push(JSON.stringify(more, undefined, 2));
  if (cause !== undefined) texts.push(`caused by ${stackOf(cause)}`);
  if (Array.isArray(errors)) texts.push(...errors.map((one, index) => `error ${index + 1}: ${stackOf(one)}`));
  return texts.join('\n');
}

function oneLine(text: string): string {
  return text.replace(CONTROL_OR_BREAK, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
