/** A program may print megabytes without a newline; more than this of one line is not kept. */
const MAX_LINE_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines. Bytes are decoded only when their line is whole, so that a character split over two
 * chunks survives. A line over 256 KiB is cut there and ends with ` [cut]`.
 */
export class LineSplitter {
  private readonly parts: Buffer[] = [];
  private pending = 0;
  private cut = false;

  constructor(private readonly onLine: (line: string) => void) {}

  /** Bytes of the unfinished last line that are held back, those thrown away included. */
  pendingBytes = 0;

  /** Takes the next bytes and reports the lines they complete. */
  write(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.hold(chunk.subarray(start, end));
      this.flush();
      start = end + 1;
    }
    this.hold(chunk.subarray(start));
  }

  /** Reports the last line, which ended without a newline. */
  end(): void {
    if (this.pendingBytes > 0) this.flush();
  }

  /** Forgets the unfinished line, for a file that was truncated under it. */
  reset(): void {
    this.parts.length = 0;
    this.pending = 0;
    this.pendingBytes = 0;
    this.cut = false;
  }

  private hold(bytes: Buffer): void {
    this.pendingBytes += bytes.byteLength;
    const room = MAX_LINE_BYTES - this.pending;
    if (bytes.byteLength > room) this.cut = true;
    if (room <= 0 || bytes.byteLength === 0) return;
    const kept = bytes.subarray(0, room);
    this.pending += kept.byteLength;
    // A copy: the caller may reuse its buffer, and a view would keep a whole chunk alive for a few bytes.
    this.parts.push(Buffer.from(kept));
  }

  private flush(): void {
    const line = Buffer.concat(this.parts).toString();
    const wasCut = this.cut;
    this.reset();
    this.onLine(wasCut ? `${line} [cut]` : line.replace(/\r$/, ''));
  }
}
