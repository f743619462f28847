import type { Logger } from 'pino';
import { componentLogger } from '../logging/index.js';
import { MESSAGES } from '../semantics/index.js';

/**
 * Changes the level of loggers, and of their children that have none of their own. One line says so, before or after:
 * whichever of the two levels lets it through.
 *
 * @param by what asked for it.
 */
export function changeLevel(loggers: readonly Logger[], level: string, by: string): void {
  const [first] = loggers;
  if (first === undefined || loggers.every((logger) => logger.level === level)) return;
  const say = (): void => componentLogger().info(MESSAGES.logLevelChanged, { extra: { level, by } });
  const isQuieter = (first.levels.values[level] ?? Number.POSITIVE_INFINITY) > first.levelVal;
  if (isQuieter) say();
  for (const logger of loggers) logger.level = level;
  if (!isQuieter) say();
}
