import type { Logger } from 'pino';
import { componentLogger } from '../logging/index.js';
import { MESSAGES } from '../semantics/index.js';
import { noticeOnce, safely } from '../tracing/index.js';
import { changeLevels } from './change-level.js';
import { keepFromShutdown } from './shutdown-signal.js';

/** Signals that may change the level; all others mean something else to Node.js. */
export type LevelSignal = 'SIGUSR2' | 'SIGHUP';

/**
 * Changes the level to `debug` at a signal, and back at the next one; returns how to end that. Until then the signal
 * ends no application whose `enableShutdownHooks()` was not told which signals to take.
 *
 * @param loggers those whose level it is, as they are when the signal comes.
 */
export function listenForLevel(signal: LevelSignal, loggers: () => readonly Logger[]): () => void {
  let before: ReadonlyMap<Logger, string> | undefined;
  const toggle = (): void =>
    void safely('level signal', () => {
      const current = loggers();
      const normal = before;
      before = normal === undefined ? new Map(current.map((logger) => [logger, logger.level])) : undefined;
      // One that has come since goes where the others were.
      const [usual = 'info'] = normal?.values() ?? [];
      const levels = new Map(
        current.map((logger) => [logger, normal === undefined ? 'debug' : (normal.get(logger) ?? usual)]),
      );
      if (changeLevels(levels, signal)) return;
      // Whoever sent it has to see that it came.
      const [level = usual] = levels.values();
      componentLogger().info(MESSAGES.logLevelChanged, { extra: { level, by: signal, unchanged: true } });
    });
  try {
    process.on(signal, toggle);
  } catch {
    // Windows knows neither of them.
    noticeOnce('level-signal', `this platform has no ${signal}: the level of lines is changed by setLogLevel() alone`);
  }
  const giveBack = safely('level signal', () => keepFromShutdown(signal));
  return () => {
    process.off(signal, toggle);
    safely('level signal', () => giveBack?.());
  };
}
