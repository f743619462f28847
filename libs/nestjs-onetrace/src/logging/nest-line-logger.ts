import { Logger as NestLogger, type LoggerService, type LogLevel as NestLevel } from '@nestjs/common';
import type { Logger } from 'pino';
import { isDebugged } from '../context/index.js';
import { nameOf } from '../tracing/index.js';
import { readProperty } from './json-value.js';
import { isError } from './line-error.js';
import { fieldsOfAny, ownForm } from './own-form.js';

const PINO_LEVELS = {
  verbose: 'trace',
  debug: 'debug',
  log: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
} as const satisfies Record<NestLevel, string>;
const SEVERITY: readonly string[] = Object.keys(PINO_LEVELS);
// Bounded, because a text may be nothing but white space.
const STACK = /\n[ \t]{1,32}at /;
const SPECIFIER = /%[sdifjoOc]/g;

/**
 * Nest's `Logger` on pino. Takes every form that Nest's own console logger takes, without losing any part of it: the
 * context stands last, an error's stack may follow its message, and what else was given goes into `extra`.
 */
export class NestLineLogger implements LoggerService {
  /** `logger` gives the logger of the running request, or the root. */
  constructor(
    private readonly logger: () => Logger,
    private readonly contextKey = 'context',
  ) {}

  verbose(message: unknown, ...more: unknown[]): void {
    this.write('verbose', message, more);
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more);
  }

  log(message: unknown, ...more: unknown[]): void {
    this.write('log', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.write('fatal', message, more);
  }

  private write(level: NestLevel, message: unknown, more: unknown[]): void {
    if (!isEnabled(level) && !isAskedFor(level)) return;
    const fields: Record<string, unknown> = {};
    const rest = [...more];
    if (typeof rest.at(-1) === 'string' && !(rest.length === 1 && isStack(rest[0])))
      fields[this.contextKey] = rest.pop();
    const stack = rest.findIndex(isStack);
    const text = textOf(message, fields);
    if (stack >= 0) fields['err'] ??= withStack(text ?? 'error', rest.splice(stack, 1)[0] as string);
    const inserted = text === undefined ? [] : rest.splice(0, text.match(SPECIFIER)?.length ?? 0);
    gather(rest, fields);
    const logger = this.logger();
    if (text === undefined) logger[PINO_LEVELS[level]](fields);
    else logger[PINO_LEVELS[level]](fields, text, ...inserted);
  }
}

/** What the application has chosen by `NestFactory.create(App, { logger: ['error', 'warn'] })` or `useLogger`. */
function isEnabled(level: NestLevel): boolean {
  const chosen = chosenLevels();
  if (chosen === undefined || chosen.includes(level)) return true;
  const most = Math.max(...chosen.map((name) => SEVERITY.indexOf(name)));
  return chosen.length > 0 && SEVERITY.indexOf(level) >= most;
}

/** A flow that asks for its debug lines gets them whatever was chosen for all, but from a logger that is silent. */
function isAskedFor(level: NestLevel): boolean {
  return isDebugged() && level !== 'verbose' && chosenLevels()?.length !== 0;
}

function chosenLevels(): readonly string[] | undefined {
  return (NestLogger as unknown as { readonly logLevels?: readonly string[] }).logLevels;
}

/** The message as a text; an error or object becomes fields instead. */
function textOf(message: unknown, fields: Record<string, unknown>): string | undefined {
  if (isError(message)) {
    fields['err'] = message;
    return undefined;
  }
  if (typeof message === 'function') return nameOf(message) || '[class]';
  if (typeof message !== 'object' || message === null) return String(message);
  const form = fieldsOfAny(message, false);
  if (Array.isArray(form)) fields['items'] = form;
  else if (!take(fields, form)) fields['arguments'] = [form];
  return undefined;
}

/** What was given beside the message: the first error is the line's, objects are fields, the rest is kept in order. */
function gather(values: readonly unknown[], fields: Record<string, unknown>): void {
  const loose: unknown[] = [];
  for (const value of values) {
    if (value === undefined) continue;
    if (isError(value) && fields['err'] === undefined) fields['err'] = value;
    else if (!isPlain(value) || !take(fields, value)) loose.push(value);
  }
  if (loose.length > 0) fields['arguments'] = loose;
}

/** Makes the properties of an object fields; `false` where its keys cannot be read. */
function take(fields: Record<string, unknown>, from: object): boolean {
  try {
    for (const key of Object.keys(from)) {
      // A key such as __proto__ must become a property, not the prototype.
      const value = readProperty(from, key);
      Object.defineProperty(fields, key, { value, enumerable: true, writable: true, configurable: true });
    }
    return true;
  } catch {
    return false;
  }
}

/** Whether the properties of a value are fields: what is of a class, or has a form of its own, stands as one. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    return (prototype === Object.prototype || prototype === null) && ownForm(value) === value;
  } catch {
    return false;
  }
}

function isStack(value: unknown): boolean {
  return typeof value === 'string' && STACK.test(value);
}

/** Nest's exception handlers give the message and the stack of an error apart. */
function withStack(message: string, stack: string): Error {
  const error = new Error(message);
  error.stack = stack;
  const name = /^([A-Za-z_$][\w$]*)(?::|\n)/.exec(stack)?.[1];
  if (name !== undefined) error.name = name;
  return error;
}
