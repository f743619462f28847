import type { Logger } from 'pino';
import type { LogLevel } from '../semantics/index.js';
import { LINE_COMPONENT, LINE_FIELDS, type LineFields, type LineLogger } from './line-fields.js';
import { processComponent } from './process-component.js';
import { createRootLogger } from './root-logger.js';

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

/** Whether a line of this level would be written now, the wish for debug lines of the current flow included. */
export function isWritten(level: LogLevel): boolean {
  return rootLogger().isLevelEnabled(PINO_LEVELS[level]);
}

/** A logger for one component of the chain; without a name, for the process's own. Never throws. */
export function componentLogger(component?: string): LineLogger {
  const log = (level: LogLevel, message: string, fields?: LineFields): void => {
    try {
      rootLogger()[PINO_LEVELS[level]]({ [LINE_FIELDS]: fields ?? NO_FIELDS, [LINE_COMPONENT]: component }, message);
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
