import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a program has written so far, on standard output and standard error. */
export interface WrittenLines<Line> {
  readonly lines: Line[];
  /** What was no JSON line. */
  readonly noise: string[];
}

/** Reads the lines of a program as they come. */
export function linesOf<Line>(child: ChildProcess): WrittenLines<Line> {
  const lines: Line[] = [];
  const noise: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (text) => {
      try {
        lines.push(JSON.parse(text) as Line);
      } catch {
        noise.push(text);
      }
    });
  }
  return { lines, noise };
}
