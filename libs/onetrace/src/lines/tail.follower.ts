import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { glob, isDynamicPattern } from 'tinyglobby';
import { FileTail, type TailPosition } from './file.tail.js';

const POLL_MS = 200;

/** What a follower needs from whoever keeps the lines. */
export interface TailTarget {
  /** Takes whole lines, in order, with the positions behind them. */
  storeTail(lines: string[], positions: TailPosition[]): void;
  /** Up to where a file was read before, by this process or an earlier one; undefined for a new one. */
  tailOffset(file: string): number | undefined;
}

interface FollowedFile {
  tail: FileTail;
  lines: string[];
  positions: TailPosition[];
}

/** Follows all files that the given names and glob patterns match, those that appear later included. */
export class TailFollower {
  private readonly tails = new Map<string, FollowedFile>();
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
    for (const { tail, lines, positions } of this.tails.values()) {
      await tail.poll().catch(() => undefined);
      if (lines.length > 0) this.target.storeTail(lines.splice(0), positions.splice(0));
    }
  }

  private async findFiles(): Promise<void> {
    for (const pattern of this.patterns) {
      const paths = isDynamicPattern(pattern)
        ? await glob(pattern, { absolute: true, expandDirectories: false, dot: true }).catch(() => [])
        : [resolve(pattern)];
      for (const path of paths) {
        if (!this.tails.has(path)) this.tails.set(path, this.follow(path));
      }
    }
  }

  /** A pattern such as `access.log*` matches a rotated file under its new name too: it goes on where the old name was. */
  private follow(path: string): FollowedFile {
    const lines: string[] = [];
    const positions: TailPosition[] = [];
    const tail = new FileTail(
      path,
      (line) => lines.push(line),
      (file) => this.startOf(file),
      (position) => positions.push(position),
    );
    return { tail, lines, positions };
  }

  /** Positions that were told and not stored yet are the latest ones. */
  private startOf(file: string): number {
    const told = [...this.tails.values()]
      .flatMap(({ positions }) => positions)
      .findLast((position) => position.file === file);
    return told?.offset ?? this.target.tailOffset(file) ?? 0;
  }
}
