import { format } from 'node:util';
import { MAX_LINE_BYTES } from '../semantics/index.js';
import { componentLogger } from './component-logger.js';
import { propertyJson } from './json-value.js';
import { isPrintedWarning } from './process-lines.js';

const lines = componentLogger();
/** What a console method's lines are; the others of the console end in one of these. */
const LEVELS = { debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;
const SPECIFIER = /%[sdifjoOc%]/g;

type Method = keyof typeof LEVELS;
type Call = (this: void, ...values: unknown[]) => void;
/** The console as far as its methods need no `this`. */
const methods = console as unknown as Record<Method, Call>;

/** Makes lines of what is said through `console`; returns how to end that. What has wrapped our methods since keeps working. */
export function captureConsole(): () => void {
  const restore = (Object.keys(LEVELS) as Method[]).map(capture);
  return () => {
    for (const undo of restore) undo();
  };
}

// A destination may use the console itself: what it says while a line is being written goes where it went before.
let isWriting = false;

function capture(method: Method): () => void {
  const original = methods[method];
  let isActive = true;
  const captured: Call = (...values) => {
    if (!isActive || isWriting) {
      original(...values);
      return;
    }
    // Node's own listener prints with this method whatever has a line as a warning.
    if (method === 'error' && values.length === 1 && isPrintedWarning(values[0])) return;
    isWriting = true;
    try {
      log(method, values);
    } finally {
      isWriting = false;
    }
  };
  methods[method] = captured;
  return () => {
    isActive = false;
    if (methods[method] === captured) methods[method] = original;
  };
}

function log(method: Method, values: readonly unknown[]): void {
  try {
    const { text, error, objects } = sort(values);
    lines.log(LEVELS[method], text, { error, extra: { console: method, ...objects } });
  } catch {
    // `console.log` of a value that cannot be read throws without us too, but a logger must not.
    lines.log(LEVELS[method], '[unreadable]', { extra: { console: method } });
  }
}

/** An object that a `%` asks for, without the secrets that its keys tell. */
function redacted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  return JSON.parse(propertyJson('', value, MAX_LINE_BYTES) ?? 'null') as unknown;
}

/** The text as the console would print it; objects that no `%` asks for are fields, so that redaction by key sees them. */
function sort(values: readonly unknown[]): {
  text: string;
  error: Error | undefined;
  objects: Record<string, unknown> | undefined;
} {
  const [first] = values;
  const asked = typeof first === 'string' ? (first.match(SPECIFIER) ?? []).filter((one) => one !== '%%').length + 1 : 0;
  const formatted: unknown[] = values.slice(0, asked).map(redacted);
  const loose: unknown[] = [];
  let error: Error | undefined;
  for (const value of values.slice(asked)) {
    if (value instanceof Error && error === undefined) error = value;
    else if (typeof value === 'object' && value !== null) loose.push(value);
    else formatted.push(value);
  }
  const text = formatted.length === 0 ? (error?.message ?? '') : format(...formatted);
  return { text, error, objects: loose.length === 0 ? undefined : { arguments: loose } };
}
