import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { glob, isDynamicPattern } from 'tinyglobby';
import { FileTail, type TailPosition } from './file.tail.js';

const POLL_MS = 200;

/** What a follower needs from whoever keeps the lines. */
export interface TailTarget {
  /** Takes whole lines of one file, in order, with the position after them. */
  storeTail(path: string, lines: string[], position: TailPosition | undefined): void;
  /** Where an earlier process stopped in this file. */
  tailPosition(path: string): TailPosition | undefined;
}

/** Follows all files that the given names and glob patterns match, those that appear later included. */
export class TailFollower {
  private readonly tails = new Map<string, { tail: FileTail; lines: string[] }>();
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly patterns: readonly string[],
    private readonly target: TailTarget,
  ) {
    this.running = this.run();
  }

  /** Reads what is there, then lets go of all files. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.readAll();
    for (const { tail } of this.tails.values()) await tail.close();
    this.tails.clear();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.readAll();
      await delay(POLL_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async readAll(): Promise<void> {
    await this.findFiles();
    for (const [path, { tail, lines }] of this.tails) {
      await tail.poll().catch(() => undefined);
      if (lines.length > 0) this.target.storeTail(path, lines.splice(0), tail.position);
    }
  }

  private async findFiles(): Promise<void> {
    for (const pattern of this.patterns) {
      const paths = isDynamicPattern(pattern)
        ? await glob(pattern, { absolute: true, expandDirectories: false, dot: true }).catch(() => [])
        : [resolve(pattern)];
      for (const path of paths) {
        if (this.tails.has(path)) continue;
        const lines: string[] = [];
        const tail = new FileTail(
          path,
          (line) => lines.push(line),
          (inode) => this.startOf(path, inode),
        );
        this.tails.set(path, { lines, tail });
      }
    }
  }

  /** A pattern such as `access.log*` matches a rotated file under its new name: it goes on where the old name was. */
  private startOf(path: string, inode: number): number {
    for (const { tail } of this.tails.values()) {
      if (tail.position?.inode === inode) return tail.position.offset;
    }
    const earlier = this.target.tailPosition(path);
    return earlier?.inode === inode ? earlier.offset : 0;
  }
}
