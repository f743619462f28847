import { RecentKeys } from './recent-keys.js';

const REMEMBERED = 50_000;
const TOLD = new RecentKeys<true>(REMEMBERED);

/**
 * Whether this is told for the first time by this process. Replay is silent by itself, but not always: workflow tasks
 * that led to no command are carried out again with the next task, and count as new. What was told by another process
 * has the same span ID, and is merged by whoever keeps spans.
 */
export function isNews(key: string): boolean {
  if (TOLD.get(key) === true) return false;
  TOLD.set(key, true);
  return true;
}
