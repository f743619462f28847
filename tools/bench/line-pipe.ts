import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LINE_FEED = 0x0a;
const POLL_MS = 20;
/** Polls in a row without a new line after which none is on its way any more. */
const QUIET_POLLS = 10;

/**
 * A pipe whose reader counts lines and throws them away. Programs in containers write to a pipe; what Node.js gives a child process as
 * one is a pair of sockets, where each write costs more.
 */
export class LinePipe {
  /** Descriptor of the end that a child process writes to. */
  readonly writeFd: number;
  private readonly reader: Socket;
  private lines = 0;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'onetrace-bench-'));
    try {
      const path = join(folder, 'lines');
      execFileSync('mkfifo', [path]);
      this.reader = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), writable: false });
      this.writeFd = openSync(path, constants.O_WRONLY);
    } finally {
      rmSync(folder, { recursive: true });
    }
    this.reader.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) this.lines += 1;
    });
  }

  /** The child process has its own copy of the descriptor. */
  handedOver(): void {
    closeSync(this.writeFd);
  }

  /** Lines that have been written so far, once none is on its way any more. */
  async settledLines(): Promise<number> {
    let before = -1;
    for (let quiet = 0; quiet < QUIET_POLLS; await sleep(POLL_MS)) {
      quiet = this.lines === before ? quiet + 1 : 0;
      before = this.lines;
    }
    return before;
  }

  close(): void {
    this.reader.destroy();
  }
}
