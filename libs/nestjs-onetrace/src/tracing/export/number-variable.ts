import { noticeOnce } from '../notice.js';
import { redactText } from '../redaction/index.js';

/** Most that a timer takes, in milliseconds; more would fire at once. */
const MOST = 2 ** 31 - 1;

/** A whole number from a variable of the environment; a wrong value costs one notice and gives the default. */
export function numberVariable(name: string, fallback: number, least: number): number {
  const text = process.env[name]?.trim();
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= MOST) return value;
  noticeOnce(
    `variable:${name}`,
    `${name} is "${redactText(text)}"; it takes a whole number from ${least} to ${MOST}; ${fallback} is used`,
  );
  return fallback;
}
