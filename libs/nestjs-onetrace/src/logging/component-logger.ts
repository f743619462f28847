import { type Context, context } from '@opentelemetry/api';
import { type Logger, symbols } from 'pino';
import { getIdentity, type Identity } from '../context/index.js';
import type { LogLevel } from '../semantics/index.js';
import {
  LINE_COMPONENT,
  LINE_CONTEXT,
  LINE_FIELDS,
  LINE_IDENTITY,
  LINE_MAY_WAIT,
  LINE_TIME,
  type LineFields,
  type LineLogger,
} from './line-fields.js';
import type { LineOutput } from './line-output.js';
import { hasLineTaps } from './line-taps.js';
import { processComponent } from './process-component.js';
import { createRootLogger, type OwnRecord } from './root-logger.js';

// One root for every copy of the library in the process, so that Temporal's and the connector's lines go where the application's go.
const ROOT_KEY = Symbol.for('onetrace.logging.root');
const shared = globalThis as { [ROOT_KEY]?: Logger };

/** Makes a logger the one behind `componentLogger`; gives back the one before it. */
export function setRootLogger(logger: Logger | undefined): Logger | undefined {
  const before = shared[ROOT_KEY];
  if (logger === undefined) delete shared[ROOT_KEY];
  else shared[ROOT_KEY] = logger;
  return before;
}

/** The process's root logger; before `forRoot`, or without Nest, one that writes INFO and above to stdout. */
export function rootLogger(): Logger {
  return (shared[ROOT_KEY] ??= createRootLogger({
    component: processComponent(),
    level: 'info',
    destination: undefined,
  }));
}

const PINO_LEVELS = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error', FATAL: 'fatal' } as const;

const NO_FIELDS: LineFields = {};

// pino names it only at run time.
const { streamSym } = symbols as unknown as Record<'streamSym', symbol>;

/** Whether a line of this level would be written now, the wish for debug lines of the current flow included. */
export function isWritten(level: LogLevel): boolean {
  return rootLogger().isLevelEnabled(PINO_LEVELS[level]);
}

/** A logger for one component of the chain; without a name, for the process's own. Never throws. */
export function componentLogger(component?: string): LineLogger {
  const log = (level: LogLevel, message: string, fields: LineFields = NO_FIELDS): void => {
    try {
      const root = rootLogger();
      const name = PINO_LEVELS[level];
      const ctx = fields[LINE_CONTEXT];
      const mayWait = fields[LINE_MAY_WAIT] === true;
      // The very method: the level may be another when a line that waits is written.
      const { [name]: method } = root;
      const write = (timeMs?: number, said = ctx, identity?: Identity): void =>
        method.call(root, recordOf(fields, component, timeMs, said, identity), message);
      if (!mayWait && ctx === undefined) return write();
      const isEnabled = (root.levels.values[name] ?? 0) >= root.levelVal;
      // Whether a flow asks for lines below the level, and which errors it has told, only the active context knows.
      if (ctx !== undefined && (!isEnabled || fields.error !== undefined)) return context.with(ctx, () => write());
      const output = mayWait && isEnabled ? patientOutput(root) : undefined;
      if (output === undefined) return write();
      const now = Date.now();
      const active = ctx ?? context.active();
      const identity = { ...getIdentity(active) };
      output.putOff(() => write(now, active, identity));
    } catch {
      // A destination that fails must not take the application with it.
    }
  };
  return {
    log,
    debug: (message, fields) => log('DEBUG', message, fields),
    info: (message, fields) => log('INFO', message, fields),
    warn: (message, fields) => log('WARN', message, fields),
    error: (message, fields) => log('ERROR', message, fields),
    fatal: (message, fields) => log('FATAL', message, fields),
  };
}

/** The process's own output, which puts lines into words when it has time; `undefined` where lines go elsewhere, or somebody hears of each at once. */
function patientOutput(root: Logger): LineOutput | undefined {
  const output = (root as unknown as Record<symbol, LineOutput | undefined>)[streamSym];
  return typeof output?.putOff === 'function' && !hasLineTaps() ? output : undefined;
}

function recordOf(
  fields: LineFields,
  component: string | undefined,
  timeMs: number | undefined,
  ctx: Context | undefined,
  identity: Identity | undefined,
): OwnRecord {
  return {
    [LINE_FIELDS]: fields,
    [LINE_COMPONENT]: component,
    [LINE_TIME]: timeMs,
    [LINE_CONTEXT]: ctx,
    [LINE_IDENTITY]: identity,
  };
}
