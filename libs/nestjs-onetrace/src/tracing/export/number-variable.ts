import { noticeOnce } from '../notice.js';

/** A whole number from a variable of the environment; a wrong value costs one notice and gives the default. */
export function numberVariable(name: string, fallback: number, least: number): number {
  const text = process.env[name]?.trim();
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  noticeOnce(`variable:${name}`, `${name} is "${text}"; it takes a whole number from ${least}; ${fallback} is used`);
  return fallback;
}
