/** Milliseconds by which the wall clock may leave the process's own before it is followed; `Date.now()` alone is up to one behind. */
const TOLERANCE_MS = 2;

let offset = performance.timeOrigin;

/**
 * Epoch minus `performance.now()`, in milliseconds, for a trace that starts now. It stays the same from trace to trace,
 * so that spans of one process are in order to the microsecond, until the wall clock was set or has drifted away.
 *
 * @param now A reading of `performance.now()`.
 */
export function currentClockOffset(now: number): number {
  if (hasLeft(Date.now(), now)) followWallClock();
  return offset;
}

function followWallClock(): void {
  const before = performance.now();
  const wall = Date.now();
  // A process that had to wait between two readings would take its waiting for a step of the clock.
  if (performance.now() - before < 1 && hasLeft(wall, before)) offset = wall - before;
}

function hasLeft(wall: number, now: number): boolean {
  return Math.abs(wall - (now + offset)) > TOLERANCE_MS;
}
