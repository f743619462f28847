// What a pipe takes at once on Linux; longer pieces would be copied for nothing each time it takes only a part.
const PIECE_LENGTH = 64 * 1024;

/** Lines that wait for their destination, in few large pieces: taking one from thousands costs no more than from two. */
export class LineQueue {
  private readonly pieces: string[] = [];
  private head: Buffer | undefined;
  private waiting = 0;

  /** How many bytes wait. */
  get bytes(): number {
    return this.waiting;
  }

  add(text: string, bytes: number): void {
    const last = this.pieces.length - 1;
    const piece = this.pieces[last];
    if (piece !== undefined && piece.length + text.length <= PIECE_LENGTH) this.pieces[last] = piece + text;
    else this.pieces.push(text);
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
