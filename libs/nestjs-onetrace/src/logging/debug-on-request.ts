import { type Logger, symbols } from 'pino';
import { DEBUGGED, isDebugged } from '../context/index.js';

type Write = (this: unknown, ...args: unknown[]) => void;
type SetLevel = (this: Logger, level: string | number) => void;
type IsLevelEnabled = (this: Logger, level: string) => boolean;
type Methods = Record<string, Write>;

// pino names the symbols only at run time.
const { levelValSym, setLevelSym } = symbols as unknown as Record<'levelValSym' | 'setLevelSym', symbol>;

// Children inherit it; it opens one of them. Shared by every copy of the library in the process.
const OPENED = Symbol.for('onetrace.logging.opened');

/**
 * Lets a logger, and its children, write the debug lines of flows that ask for them, while its level stays what it is.
 * pino drops what is below the level by a method that does nothing; ours asks first whose flow it is.
 */
export function openForDebuggedFlows(logger: Logger): void {
  const internals = logger as unknown as Record<symbol, SetLevel> & {
    isLevelEnabled: IsLevelEnabled;
    [OPENED]?: (logger: Logger) => void;
  };
  const openChild = internals[OPENED];
  if (openChild !== undefined) {
    // Its parent was opened after it had got a level of its own, and with that its own methods.
    if (Object.hasOwn(internals, levelValSym) && !Object.hasOwn(internals, OPENED)) openChild(logger);
    return;
  }
  // A logger of another copy of pino has other symbols.
  if (internals[setLevelSym] === undefined) return;
  const setLevel = internals[setLevelSym];
  const { isLevelEnabled } = internals;
  const open = (instance: Logger): void => openMethods(instance, setLevel, isLevelEnabled);
  Object.defineProperty(internals, OPENED, { value: open });
  // Children that are given a level of their own come here too.
  internals[setLevelSym] = function (level) {
    setLevel.call(this, level);
    open(this);
  };
  internals.isLevelEnabled = function (level) {
    return isLevelEnabled.call(this, level) || (isDebugged() && this.level !== 'silent' && isFromDebugUp(this, level));
  };
  open(logger);
}

function openMethods(logger: Logger, setLevel: SetLevel, isLevelEnabled: IsLevelEnabled): void {
  if (logger.level === 'silent' || logger.levels.values[DEBUGGED] === undefined) return;
  // Stands in for the logger, and tells nobody that its level changes.
  const verbose = Object.create(logger, { emit: { value: () => false } }) as Logger & Methods;
  setLevel.call(verbose, DEBUGGED);
  for (const name of Object.keys(logger.levels.values)) {
    if (isLevelEnabled.call(logger, name) || !isFromDebugUp(logger, name)) continue;
    const write = verbose[name] as Write;
    (logger as unknown as Methods)[name] = function (...args) {
      if (isDebugged()) write.apply(this, args);
    };
  }
}

function isFromDebugUp({ levels: { values } }: Logger, level: string): boolean {
  return (values[level] ?? 0) >= (values[DEBUGGED] ?? Number.POSITIVE_INFINITY);
}
