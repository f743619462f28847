import { type DestinationStream, type Logger, pino, symbols } from 'pino';
import type { LogLevel } from '../semantics/index.js';
import { LINE_TIME, type LineFields } from './line-fields.js';
import { tellLineTaps } from './line-taps.js';
import { writeLine } from './line-writer.js';

/** Settings of the process's root logger. */
export interface LoggingSettings {
  readonly component: string;
  /** Least severe level that is written, in pino's spelling. */
  readonly level: string;
  /** Where lines go; stdout unless given. */
  readonly destination: DestinationStream | undefined;
}

// pino names the symbols only at run time.
const { asJsonSym, chindingsSym, serializersSym, stringifiersSym } = symbols as unknown as Record<
  'asJsonSym' | 'chindingsSym' | 'serializersSym' | 'stringifiersSym',
  symbol
>;

interface PinoInternals {
  [key: symbol]: unknown;
}

type Convert = (value: unknown) => unknown;
type ToJson = (value: unknown) => string | undefined;

const LEVEL_NAMES: readonly (readonly [number, LogLevel])[] = [
  [60, 'FATAL'],
  [50, 'ERROR'],
  [40, 'WARN'],
  [30, 'INFO'],
];

/**
 * A pino logger whose lines follow the schema. The function that turns a record into JSON is replaced on the root:
 * a mixin would end inside nested keys and pino's own order puts the level first. Children inherit it; the user's
 * serializers and redaction paths keep working.
 */
export function createRootLogger(settings: LoggingSettings): Logger {
  const options = { level: settings.level, base: null } as const;
  const logger = settings.destination === undefined ? pino(options) : pino(options, settings.destination);
  writeInSchema(logger, settings.component);
  return logger;
}

/** Makes a pino logger that somebody else built, and its children, write lines of the schema. */
export function writeInSchema(logger: Logger, component: string): void {
  const internals = logger as unknown as PinoInternals;
  internals[asJsonSym] = function (
    this: PinoInternals,
    record: object,
    message: string | undefined,
    level: number,
  ): string {
    const line = writeLine({
      timeMs: (record as LineFields)[LINE_TIME] ?? Date.now(),
      level: levelName(level),
      message: message === undefined ? '' : `${message}`,
      component,
      fields: withBindings(this[chindingsSym] as string, convert(record, this)),
    });
    return tellLineTaps(line);
  };
}

function levelName(level: number): LogLevel {
  return LEVEL_NAMES.find(([least]) => level >= least)?.[1] ?? 'DEBUG';
}

/** Most loggers have neither serializers nor redaction of the user's own, and their fields need no look each. */
function hasNoOther(known: string | undefined, functions: object): boolean {
  for (const key in functions) if (key !== known) return false;
  return true;
}

function convert(record: object, internals: PinoInternals): Record<string, unknown> {
  const serializers = internals[serializersSym] as Record<string, Convert | undefined>;
  const redactors = internals[stringifiersSym] as Record<string, ToJson | undefined>;
  if (hasNoOther('err', serializers) && hasNoOther(undefined, redactors)) return record as Record<string, unknown>;
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(record)) {
    let value = (record as Record<string, unknown>)[key];
    // The line describes errors itself; pino's own serializer of `err` would hide the class.
    const serializer = key === 'err' ? undefined : serializers[key];
    if (serializer !== undefined) value = serializer(value);
    const redactor = redactors[key];
    if (redactor !== undefined && value !== undefined) {
      value = JSON.parse(redactor.call(internals, value) ?? 'null') as unknown;
    }
    fields[key] = value;
  }
  return fields;
}

const PARSED = new Map<string, Readonly<Record<string, unknown>>>();
const PARSED_LIMIT = 1000;

/** Adds a child's bindings, which pino keeps as text; parsed once for each distinct text. */
function withBindings(chindings: string, fields: Record<string, unknown>): Record<string, unknown> {
  if (chindings === '') return fields;
  let parsed = PARSED.get(chindings);
  if (parsed === undefined) {
    try {
      parsed = JSON.parse(`{${chindings.slice(1)}}`) as Record<string, unknown>;
    } catch {
      parsed = {};
    }
    if (PARSED.size >= PARSED_LIMIT) PARSED.clear();
    PARSED.set(chindings, parsed);
  }
  return { ...parsed, ...fields };
}
