import { writeSync } from 'node:fs';
// Not the global one, which a test of the application may have replaced.
import { setImmediate } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { DestinationStream } from 'pino';
import { countDroppedLines, type LineDropReason } from '../context/index.js';
import { LineQueue, WHOLE_BYTES } from './line-queue.js';
import { takeLineMayWait } from './line-urgency.js';
import { writeLine } from './line-writer.js';
import { processComponent } from './process-component.js';

/** Settings of a `LineOutput`. */
export interface LineOutputSettings {
  /** A descriptor; one that is a pipe should not block. */
  readonly fd: number;
  /** Bytes that may wait for a slow reader or a full disk; lines beyond are dropped and counted. */
  readonly maxQueuedBytes: number;
  /** How long the end of the process waits for a reader that takes nothing, in milliseconds. */
  readonly patienceMs: number;
}

/** A character of a JavaScript text takes at most so many bytes. */
const CHARACTER_BYTES = 3;
/** A line that may be longer is offered by itself. */
const LONGEST_BYTES = CHARACTER_BYTES * WHOLE_BYTES;
/** Lines that wait for their words at most: those of a turn that starts a thousand calls must not fill the memory. */
const MOST_SAID = 256;
const FIRST_RETRY_MS = 2;
const LONGEST_RETRY_MS = 100;
// A reader that takes a little every second would otherwise hold the end of the process up for minutes.
const LONGEST_FLUSH_MS = 10_000;
/** How long a destination that is gone is left alone: another reader of a named pipe may come. */
const CLOSED_REST_MS = 1000;

const IS_FULL: ReadonlySet<string> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EBUSY', 'EINTR']);
// No space left, a file at its limit, a medium that fails: these may pass, the others do not.
const MAY_PASS: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'ENOBUFS', 'ENOMEM']);

/**
 * Writes lines to a descriptor at once, so that the last words of a process that dies are already out, and never waits
 * for a reader: what a pipe or disk does not take is kept in a bounded queue and offered again. What is lost is counted,
 * and said in one line when it goes on. Lines that may wait go out with the next one, or at the end of the turn.
 */
export class LineOutput implements DestinationStream {
  private readonly queue = new LineQueue();
  private readonly lost = new Map<LineDropReason, number>();
  /** What waits for the end of the turn: no more than is written in one go, and never beside a queue; behind it room for a line that may be too much. */
  private readonly gathered = Buffer.allocUnsafeSlow(WHOLE_BYTES + LONGEST_BYTES);
  private gatheredBytes = 0;
  private gatheredLines = 0;
  private said: (() => void)[] = [];
  private isTelling = false;
  private timer: NodeJS.Timeout | undefined;
  private delayMs = FIRST_RETRY_MS;
  private closedUntil = 0;
  private isEnding = false;
  private gaveUp = false;

  constructor(private readonly settings: LineOutputSettings) {}

  /**
   * Has a line that may wait put into words, and written here, before anything else is written, at the latest at the end of the turn: whoever
   * says something is not kept from work, and a processor does the same thing faster in a row.
   */
  putOff(write: () => void): void {
    if (this.said.length === 0) setImmediate(() => this.release());
    this.said.push(write);
    if (this.said.length >= MOST_SAID || this.isEnding) this.tell();
  }

  /** Never throws, and never waits while the process lives. */
  write(line: string): void {
    if (line === '') return;
    this.tell();
    if (this.closedUntil !== 0 && Date.now() < this.closedUntil) return this.drop(1, 'closed');
    const mayWait = takeLineMayWait() && !this.isEnding;
    if (this.queue.bytes > 0) this.enqueue(line, Buffer.byteLength(line));
    else if (line.length * CHARACTER_BYTES <= LONGEST_BYTES) this.gather(line, mayWait);
    else this.offerAlone(line);
    if (this.isEnding && this.queue.bytes > 0) this.finish();
  }

  /** Calls back when everything is out, or when the reader takes nothing any more. */
  flush(done?: (error?: Error) => void): void {
    void this.drained().then(() => done?.());
  }

  /** The process is about to die: its last words are kept however much waits already. */
  acceptAll(): void {
    this.isEnding = true;
  }

  /**
   * Writes out what waits, as the last thing that the process does; waits for a reader no longer than its patience.
   * Not named `flushSync`: pino calls that after each FATAL line, and a process may live on after one.
   */
  finish(): void {
    this.isEnding = true;
    this.release();
    clearTimeout(this.timer);
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const patience = this.patience();
    while (this.queue.bytes > 0 && patience.lasts()) {
      this.drain();
      if (this.queue.bytes > 0) Atomics.wait(pause, 0, 0, FIRST_RETRY_MS);
    }
    if (this.queue.bytes === 0) return;
    this.gaveUp = true;
    this.drop(this.queue.clear(), 'exit');
  }

  private async drained(): Promise<void> {
    this.release();
    const patience = this.patience();
    while (this.queue.bytes > 0 && patience.lasts()) {
      this.drain();
      if (this.queue.bytes > 0) await sleep(FIRST_RETRY_MS);
    }
  }

  private patience(): { lasts(): boolean } {
    const began = Date.now();
    let waiting = this.queue.bytes;
    let progress = began;
    return {
      lasts: () => {
        const now = Date.now();
        if (this.queue.bytes !== waiting) progress = now;
        waiting = this.queue.bytes;
        return !this.gaveUp && now - progress <= this.settings.patienceMs && now - began <= LONGEST_FLUSH_MS;
      },
    };
  }

  private enqueue(line: string, bytes: number): void {
    if (this.queue.bytes + bytes > this.settings.maxQueuedBytes && !this.isEnding) return this.drop(1, 'queue_full');
    this.queue.add(line, bytes);
  }

  /** Writes what has been said so far. */
  private tell(): void {
    if (this.said.length === 0 || this.isTelling) return;
    const lines = this.said;
    this.said = [];
    this.isTelling = true;
    for (const write of lines) {
      try {
        write();
      } catch {
        // It is one line, and the application's logger that fails on it.
      }
    }
    this.isTelling = false;
  }

  private gather(line: string, mayWait: boolean): void {
    let before = this.gatheredBytes;
    const bytes = this.gathered.write(line, before);
    if (before > 0 && before + bytes > WHOLE_BYTES) {
      this.offerGathered();
      if (this.queue.bytes > 0) return this.enqueue(line, bytes);
      this.gathered.copyWithin(0, before, before + bytes);
      before = 0;
    }
    // While lines are told, the release that they have waited for is still to come.
    if (before === 0 && mayWait && !this.isTelling) setImmediate(() => this.release());
    this.gatheredBytes = before + bytes;
    this.gatheredLines += 1;
    if (!mayWait || this.gatheredBytes > WHOLE_BYTES) this.offerGathered();
  }

  private release(): void {
    this.tell();
    this.offerGathered();
  }

  private offerGathered(): void {
    const { gatheredBytes, gatheredLines } = this;
    if (gatheredBytes === 0) return;
    this.gatheredBytes = 0;
    this.gatheredLines = 0;
    this.offer(this.gathered.subarray(0, gatheredBytes), gatheredLines);
  }

  private offerAlone(line: string): void {
    this.offerGathered();
    const bytes = Buffer.from(line);
    if (this.queue.bytes > 0) this.enqueue(line, bytes.length);
    else this.offer(bytes, 1);
  }

  private offer(bytes: Buffer, lines: number): void {
    try {
      const taken = writeSync(this.settings.fd, bytes);
      if (taken < bytes.length) this.wait(Buffer.from(bytes.subarray(taken)));
      else if (this.lost.size > 0) this.goOn();
    } catch (error) {
      if (!this.isHopeless(error)) this.wait(Buffer.from(bytes));
      else this.drop(lines, 'closed');
    }
  }

  private wait(rest: Buffer): void {
    this.queue.putBack(rest);
    this.retryLater();
  }

  /** Offers what waits once more. */
  private drain(): void {
    try {
      for (let piece = this.queue.next(); piece !== undefined; piece = this.queue.next()) {
        this.queue.taken(writeSync(this.settings.fd, piece));
        this.delayMs = FIRST_RETRY_MS;
      }
      if (this.lost.size > 0) this.goOn();
    } catch (error) {
      if (this.isHopeless(error)) this.drop(this.queue.clear(), 'closed');
      else this.retryLater();
    }
  }

  private isHopeless(error: unknown): boolean {
    const code = String((error as { code?: unknown }).code);
    if (IS_FULL.has(code)) return false;
    if (MAY_PASS.has(code)) {
      this.delayMs = LONGEST_RETRY_MS;
      // Nobody makes room while this process holds everything up.
      this.gaveUp = this.isEnding;
      return false;
    }
    this.closedUntil = Date.now() + CLOSED_REST_MS;
    return true;
  }

  private retryLater(): void {
    if (this.timer !== undefined || this.isEnding) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.drain();
    }, this.delayMs);
    // It keeps no process alive: what waits at the end is written out then.
    this.timer.unref();
    this.delayMs = Math.min(this.delayMs * 2, LONGEST_RETRY_MS);
  }

  private drop(lines: number, reason: LineDropReason): void {
    countDroppedLines(lines, reason);
    this.lost.set(reason, (this.lost.get(reason) ?? 0) + lines);
  }

  private goOn(): void {
    const extra = Object.fromEntries(this.lost);
    const lines = [...this.lost.values()].reduce((sum, some) => sum + some, 0);
    this.lost.clear();
    this.closedUntil = 0;
    this.offer(Buffer.from(droppedLine({ lines, ...extra })), 1);
  }
}

function droppedLine(extra: Readonly<Record<string, number>>): string {
  const message = 'log lines were dropped: their reader was slower than they came, or gone';
  const nothing = { fields: {}, error: undefined, bindings: {}, bindingsJson: '' };
  const component = processComponent();
  // It belongs to no request, whichever runs now.
  return writeLine({
    timeMs: Date.now(),
    context: ROOT_CONTEXT,
    identity: {},
    level: 'WARN',
    message,
    component,
    extra,
    ...nothing,
  });
}
