import type { LogLevel } from '../semantics/index.js';

const NUMBERS: Readonly<Record<LogLevel, number>> = { DEBUG: 20, INFO: 30, WARN: 40, ERROR: 50, FATAL: 60 };

/** The level of the schema that a level of pino's, which may be one of the application's own, is written as. */
export function levelName(level: number): LogLevel {
  if (level >= 60) return 'FATAL';
  if (level >= 50) return 'ERROR';
  if (level >= 40) return 'WARN';
  return level >= 30 ? 'INFO' : 'DEBUG';
}

/** pino's number of a level of the schema. */
export function levelNumber(name: string): number | undefined {
  return Object.hasOwn(NUMBERS, name) ? NUMBERS[name as LogLevel] : undefined;
}

/**
 * Levels by which pino's transport finds our lines, beside the application's own. Where several levels are written as
 * one, it counts as the most severe of them: rather a line too many for a target than one that is lost.
 */
export function lineLevels(own: Readonly<Record<string, number>> = {}): Record<string, number> {
  const levels: Record<LogLevel, number> = { ...NUMBERS };
  for (const level of Object.values(own)) {
    if (Number.isFinite(level)) levels[levelName(level)] = Math.max(levels[levelName(level)], level);
  }
  return { ...own, ...levels };
}
