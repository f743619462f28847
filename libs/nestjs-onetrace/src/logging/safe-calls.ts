import { type Logger, symbols } from 'pino';
import { countFailure, errorType, safely } from '../tracing/index.js';
import { isError } from './line-error.js';
import { fieldsOf } from './own-form.js';

type Log = (this: Logger, ...args: never[]) => void;
type Hook = (this: Logger, args: unknown[], log: Log, level: number) => void;

interface PinoInternals {
  [key: symbol]: unknown;
}

// pino names them only at run time.
const { hooksSym, setLevelSym } = symbols as unknown as Record<'hooksSym' | 'setLevelSym', symbol>;
// Children inherit it. Shared by every copy of the library in the process.
const SAFE = Symbol.for('onetrace.logging.safe-calls');

let written = 0;

/** Notes that a record has become a line: what fails after that is the destination's. */
export function noteWritten(): void {
  written += 1;
}

/**
 * Lets no call of a logger fail in the application by arguments that cannot even be looked at, which pino does before it writes. A hook that
 * the application has given to its logger stays, and what that throws is the application's. Children that exist already keep their methods.
 */
export function makeCallsSafe(logger: Logger): void {
  const internals = logger as unknown as PinoInternals;
  const setLevel = internals[setLevelSym] as ((this: Logger, level: string) => void) | undefined;
  // A logger of another copy of pino has other symbols.
  if (SAFE in internals || setLevel === undefined) return;
  Object.defineProperty(internals, SAFE, { value: true });
  const hooks = internals[hooksSym] as { readonly logMethod?: Hook };
  const theirs = hooks.logMethod;
  const logMethod: Hook =
    theirs === undefined
      ? logSafely
      : function (args, log, level) {
          const safe: Log = (...given) => logSafely.call(this, given, log);
          theirs.call(this, args, safe, level);
        };
  internals[hooksSym] = { ...hooks, logMethod };
  // pino reads the hook where it makes the methods of a level; nobody hears of a level that stays.
  Object.defineProperty(logger, 'emit', { value: () => false, configurable: true });
  setLevel.call(logger, logger.level);
  delete (logger as { emit?: unknown }).emit;
}

function logSafely(this: Logger, args: unknown[], log: Log): void {
  const before = written;
  try {
    log.apply(this, asFields(args) as never[]);
  } catch (error) {
    countFailure('logger', error);
    // Without arguments to look at it cannot fail again.
    if (written === before) safely('logger', () => log.apply(this, unformatted(args, error) as never[]));
  }
}

/** Before a mixin of the application's copies the properties of an object that would hide some of them. */
function asFields(args: unknown[]): unknown[] {
  const [first, message] = args;
  if (typeof first !== 'object' || first === null) return args;
  const fields = fieldsOf(first, message !== undefined);
  return fields === first ? args : [fields, ...args.slice(1)];
}

/** What pino does not look at: the first text, the first error, and the others as they are. */
function unformatted(args: readonly unknown[], error: unknown): unknown[] {
  const message = args.find((value) => typeof value === 'string');
  const thrown = args.find(isError);
  const others = args.filter((value) => value !== message && value !== thrown);
  return [{ unreadable: errorType(error), err: thrown, arguments: others }, message ?? ''];
}
