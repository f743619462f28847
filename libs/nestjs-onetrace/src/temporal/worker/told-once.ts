/** What is remembered; the oldest is forgotten first. */
const LIMIT = 50_000;
const TOLD = new Set<string>();

/**
 * Whether this is told for the first time by this process. Replay is silent by itself, but not always: workflow tasks
 * that led to no command are carried out again with the next task, and count as new. What was told by another process
 * has the same span ID, and is merged by whoever keeps spans.
 */
export function isNews(key: string): boolean {
  if (TOLD.has(key)) return false;
  TOLD.add(key);
  if (TOLD.size > LIMIT) {
    const oldest = TOLD.values().next().value;
    if (oldest !== undefined) TOLD.delete(oldest);
  }
  return true;
}
