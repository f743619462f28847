import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { lineLevels } from './line-levels.js';

it.each([
  ['nothing', undefined, { DEBUG: 20, INFO: 30, WARN: 40, ERROR: 50, FATAL: 60 }],
  ["pino's own levels", pino.levels.values, { DEBUG: 20, INFO: 30, WARN: 40, ERROR: 50, FATAL: 60 }],
  ['a level between two', { notice: 35 }, { notice: 35, DEBUG: 20, INFO: 35, WARN: 40, ERROR: 50, FATAL: 60 }],
  ['a level above all', { panic: 70 }, { panic: 70, DEBUG: 20, INFO: 30, WARN: 40, ERROR: 50, FATAL: 70 }],
  ['no level at all', { silent: Number.POSITIVE_INFINITY }, { DEBUG: 20, INFO: 30, WARN: 40, ERROR: 50, FATAL: 60 }],
])('counts what is written as one level as the most severe of it, given %s', (_what, own, expected) => {
  expect(lineLevels(own)).toMatchObject(expected);
});
