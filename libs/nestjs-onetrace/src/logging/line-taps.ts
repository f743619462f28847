/** Hears of a line as it is written: one JSON object and a line feed. Says whether it may go on to its destination. */
export type LineTap = (line: string) => boolean;

// Shared by every copy of the library: a test may come as ESM to an application in CommonJS.
const TAPS_KEY = Symbol.for('onetrace.logging.line-taps');
const taps = ((globalThis as { [TAPS_KEY]?: Set<LineTap> })[TAPS_KEY] ??= new Set());

/** Lets somebody in this process, such as a test, hear of every line; returns how to end that. */
export function tapLines(tap: LineTap): () => void {
  taps.add(tap);
  return () => void taps.delete(tap);
}

/** Tells those who listen; gives back what is to be written. */
export function tellLineTaps(line: string): string {
  if (taps.size === 0) return line;
  let passes = true;
  for (const tap of taps) passes = tap(line) && passes;
  return passes ? line : '';
}

/** Whether anybody listens. */
export function hasLineTaps(): boolean {
  return taps.size > 0;
}
