import type { Logger } from 'pino';
import { componentLogger } from '../logging/index.js';
import { MESSAGES } from '../semantics/index.js';

/**
 * Changes the level of loggers, and of their children that have none of their own. One line says so, with the level of
 * the first, before or after: whichever of the two levels lets it through. A logger that has no such level keeps its own.
 *
 * @param by what asked for it.
 * @returns whether there was anything to change.
 */
export function changeLevels(levels: ReadonlyMap<Logger, string>, by: string): boolean {
  const changes = [...levels].filter(
    ([logger, level]) => logger.level !== level && valueOf(logger, level) !== undefined,
  );
  const [first] = changes;
  if (first === undefined) return false;
  const [logger, level] = first;
  const say = (): void => componentLogger().info(MESSAGES.logLevelChanged, { extra: { level, by } });
  const isQuieter = (valueOf(logger, level) ?? Number.POSITIVE_INFINITY) > logger.levelVal;
  if (isQuieter) say();
  for (const [changed, itsLevel] of changes) changed.level = itsLevel;
  if (!isQuieter) say();
  return true;
}

function valueOf({ levels }: Logger, level: string): number | undefined {
  return levels.values[level];
}
