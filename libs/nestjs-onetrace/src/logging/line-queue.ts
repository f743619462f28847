// What a pipe takes as a whole or not at all (PIPE_BUF): another thread or process that writes to the same pipe cannot come in between.
export const WHOLE_BYTES = 4096;

/** Lines that wait for their destination, in pieces of whole lines that are written in one go; a line longer than that is a piece of its own. */
export class LineQueue {
  private readonly pieces: string[] = [];
  private lastBytes = 0;
  private head: Buffer | undefined;
  private waiting = 0;

  /** How many bytes wait. */
  get bytes(): number {
    return this.waiting;
  }

  add(text: string, bytes: number): void {
    const last = this.pieces.length - 1;
    const piece = this.pieces[last];
    const joins = piece !== undefined && this.lastBytes + bytes <= WHOLE_BYTES;
    if (joins) this.pieces[last] = piece + text;
    else this.pieces.push(text);
    this.lastBytes = joins ? this.lastBytes + bytes : bytes;
    this.waiting += bytes;
  }

  /** Puts back in front what is left of a line that was taken in part. */
  putBack(rest: Buffer): void {
    this.head = rest;
    this.waiting += rest.length;
  }

  /** What goes out next: `undefined` when nothing waits. */
  next(): Buffer | undefined {
    if (this.head === undefined) {
      const piece = this.pieces.shift();
      if (piece !== undefined) this.head = Buffer.from(piece);
    }
    return this.head;
  }

  /** So many bytes of what `next` gave have gone out. */
  taken(bytes: number): void {
    if (this.head === undefined) return;
    this.waiting -= bytes;
    this.head = bytes < this.head.length ? this.head.subarray(bytes) : undefined;
  }

  /** Forgets everything; says how many lines that were. */
  clear(): number {
    const lines = [this.head?.toString() ?? '', ...this.pieces].join('').split('\n').length - 1;
    this.pieces.length = 0;
    this.head = undefined;
    this.waiting = 0;
    return lines;
  }
}
