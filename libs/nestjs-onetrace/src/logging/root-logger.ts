import { type Context, context } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino, symbols } from 'pino';
import { componentOf, getIdentity, type Identity } from '../context/index.js';
import { countFailure, errorType } from '../tracing/index.js';
import { openForDebuggedFlows } from './debug-on-request.js';
import { type DestinationSettings, openDestination } from './line-destination.js';
import { levelName } from './line-levels.js';
import {
  LINE_COMPONENT,
  LINE_CONTEXT,
  LINE_FIELDS,
  LINE_IDENTITY,
  LINE_MAY_WAIT,
  LINE_TIME,
  type LineFields,
} from './line-fields.js';
import { tellLineTaps } from './line-taps.js';
import { setLineMayWait } from './line-urgency.js';
import { writeLine } from './line-writer.js';
import { type PinoInternals, traitsOf } from './logger-traits.js';
import { withReadableLevels } from './numeric-levels.js';
import { readRecord } from './pino-record.js';
import { processComponent } from './process-component.js';
import { makeCallsSafe, noteWritten } from './safe-calls.js';

/** Settings of the process's root logger. */
export interface LoggingSettings extends DestinationSettings {
  readonly component: string;
  /** Least severe level that is written, in pino's spelling. */
  readonly level: string;
}

// pino names them only at run time.
const { asJsonSym, streamSym } = symbols as unknown as Record<'asJsonSym' | 'streamSym', symbol>;

/** What `componentLogger` hands to pino. */
export interface OwnRecord {
  readonly [LINE_FIELDS]?: LineFields;
  readonly [LINE_COMPONENT]?: string | undefined;
  readonly [LINE_TIME]?: number | undefined;
  /** The context whose flow the line belongs to, where that is not the active one. */
  readonly [LINE_CONTEXT]?: Context | undefined;
  /** Whose line it is, where that is not what its context says by now. */
  readonly [LINE_IDENTITY]?: Identity | undefined;
}

/**
 * A pino logger whose lines follow the schema. The function that turns a record into JSON is replaced on the root:
 * a mixin would end inside nested keys and pino's own order puts the level first. Children inherit it; the user's
 * serializers and redaction paths keep working.
 */
export function createRootLogger(settings: LoggingSettings): Logger {
  // The line has its own time.
  const options = { level: settings.level, base: null, timestamp: false } as const;
  const logger = pino(options, openDestination(settings));
  writeInSchema(logger, settings.component);
  return logger;
}

/** Makes a pino logger that somebody else built, and its children, write lines of the schema; without a component, as the process's. */
export function writeInSchema(logger: Logger, component: string | undefined): void {
  makeCallsSafe(logger);
  openForDebuggedFlows(logger);
  const internals = logger as unknown as PinoInternals;
  const stream = internals[streamSym] as DestinationStream;
  const readable = withReadableLevels(stream);
  if (readable !== stream) internals[streamSym] = readable;
  internals[asJsonSym] = function (this: PinoInternals, record: object, message: unknown, level: number): string {
    const line = lineOf(this, record, message, level, component ?? processComponent());
    noteWritten();
    setLineMayWait((record as OwnRecord)[LINE_FIELDS]?.[LINE_MAY_WAIT] === true);
    return tellLineTaps(line);
  };
}

/** Whether a logger comes from the copy of pino that is used here: another one keeps what it does under other symbols. */
export function isOfThisPino(logger: Logger): boolean {
  return asJsonSym in logger;
}

function lineOf(logger: PinoInternals, record: OwnRecord, message: unknown, level: number, component: string): string {
  const own = record[LINE_FIELDS];
  const timeMs = own?.[LINE_TIME] ?? record[LINE_TIME] ?? Date.now();
  const ctx = record[LINE_CONTEXT] ?? context.active();
  const identity = record[LINE_IDENTITY] ?? getIdentity(ctx);
  // A name that is empty is none.
  const speaker = record[LINE_COMPONENT] || componentOf(ctx) || component;
  try {
    const traits = traitsOf(logger);
    const { fields, message: text, error, extra } = readRecord(record, message, traits, logger);
    return writeLine({
      timeMs,
      context: ctx,
      identity,
      level: levelName(level),
      message: text,
      component: fields.component ?? speaker,
      fields,
      error,
      extra,
      bindings: traits.bindings,
      bindingsJson: traits.bindingsJson,
    });
  } catch (error) {
    countFailure('line', error);
    const extra = { unwritable: errorType(error) };
    const nothing = { fields: {}, error: undefined, bindings: {}, bindingsJson: '' };
    return writeLine({
      timeMs,
      context: ctx,
      identity,
      level: levelName(level),
      message: '',
      component,
      ...nothing,
      extra,
    });
  }
}
