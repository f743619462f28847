/** Why a line never reached its destination; the label of the metric. */
export type LineDropReason = 'queue_full' | 'closed' | 'exit' | 'failure';

// One account for every copy of the library in the process.
const COUNTS_KEY = Symbol.for('onetrace.context.dropped-lines');
const counts = ((globalThis as { [COUNTS_KEY]?: Map<LineDropReason, number> })[COUNTS_KEY] ??= new Map());

/** Counts lines that are lost. */
export function countDroppedLines(lines: number, reason: LineDropReason): void {
  if (lines > 0) counts.set(reason, (counts.get(reason) ?? 0) + lines);
}

/** How many lines this process has lost, by reason. */
export function droppedLines(): ReadonlyMap<LineDropReason, number> {
  return counts;
}
