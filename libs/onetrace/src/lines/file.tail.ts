import type { Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { LineSplitter } from './line.splitter.js';

const CHUNK_BYTES = 256 * 1024;
/** At most this much a poll, so that lines of a large file are handed on, and let go, while it is read. */
const POLL_BYTES = 4 * 1024 * 1024;

/** Up to where whole lines of a file have been reported. */
export interface TailPosition {
  /** Tells a file from others under whatever name, and from a later one that got its inode. */
  file: string;
  offset: number;
}

/**
 * Follows one file by name, as `tail -F` does: after a rotation the rest of the old file is read before the new one, a
 * truncated file is read from its start again, a file that goes away may come back. A last line without its newline waits
 * for the rest of it. The caller decides when to look ({@link FileTail.poll}): polling is what works on every file system,
 * Docker's mounts included.
 */
export class FileTail {
  private handle: FileHandle | undefined;
  private inode = 0;
  private file = '';
  private offset = 0;
  private readonly splitter: LineSplitter;

  /**
   * @param startOf where to start in a file: 0, or up to where it was read before.
   * @param onPosition told after each poll that read something, and when a file is done with.
   */
  constructor(
    readonly path: string,
    onLine: (line: string) => void,
    private readonly startOf: (file: string) => number,
    private readonly onPosition: (position: TailPosition) => void,
  ) {
    this.splitter = new LineSplitter(onLine);
  }

  /** Reads what is new, 4 MiB at most. A file that is missing or cannot be read counts as one that is not there yet. */
  async poll(): Promise<void> {
    const current = await stat(this.path).catch(() => undefined);
    // As long as it is open, no other file can have its inode.
    if (this.handle !== undefined && current?.ino !== this.inode) {
      const finished = await this.read(this.handle);
      // Whoever moved the file away may still write to it until the new one is there.
      if (current === undefined || !finished) return;
      this.splitter.end();
      this.tellPosition();
      await this.close();
    }
    if (current === undefined || !current.isFile()) return;
    this.handle ??= await this.open();
    if (this.handle !== undefined) await this.read(this.handle);
  }

  /** Lets go of the file. An unfinished last line is not reported: its position lies before it, and the next start reads it. */
  async close(): Promise<void> {
    const handle = this.handle;
    this.handle = undefined;
    this.splitter.reset();
    await handle?.close();
  }

  private async open(): Promise<FileHandle | undefined> {
    const handle = await open(this.path).catch(() => undefined);
    if (handle === undefined) return undefined;
    const stats = await handle.stat();
    this.inode = stats.ino;
    this.file = identityOf(stats);
    const start = this.startOf(this.file);
    this.offset = start <= stats.size ? start : 0;
    return handle;
  }

  /** Whether the end was reached. */
  private async read(handle: FileHandle): Promise<boolean> {
    const { size } = await handle.stat();
    if (size < this.offset) {
      this.splitter.reset();
      this.offset = 0;
    }
    if (size === this.offset) return true;
    const end = Math.min(size, this.offset + POLL_BYTES);
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - this.offset));
    while (this.offset < end) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.byteLength, end - this.offset), this.offset);
      if (bytesRead === 0) break;
      this.offset += bytesRead;
      this.splitter.write(buffer.subarray(0, bytesRead));
    }
    this.tellPosition();
    return end === size;
  }

  private tellPosition(): void {
    this.onPosition({ file: this.file, offset: this.offset - this.splitter.pendingBytes });
  }
}

function identityOf({ dev, ino, birthtimeMs }: Stats): string {
  return `${dev}:${ino}:${Math.trunc(birthtimeMs)}`;
}
