import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { BATCH_HEADER, LINES_CONTENT_TYPE } from '../receiver/lines.protocol.js';

const BATCH_BYTES = 512 * 1024;
const GATHER_MS = 100;
const RETRY_MS = { first: 250, most: 5000 };
const REQUEST_TIMEOUT_MS = 5000;

/** How lines are sent. */
export interface LineSenderOptions {
  /** Base URL of the receiver. */
  url: string;
  /** Lines held while the receiver is away, in bytes; above it the oldest go. Default 8 MiB. */
  maxBytes?: number;
}

interface Batch {
  id: string;
  body: string;
  lines: number;
}

/**
 * Sends lines to a receiver in batches, in order. `add` never waits and never throws; while the receiver is away the lines
 * are held, up to a bound, and sent when it is there.
 */
export class LineSender {
  private readonly target: URL;
  private readonly agent: HttpAgent;
  private readonly maxBytes: number;
  private waiting: { text: string; bytes: number }[] = [];
  private waitingBytes = 0;
  private sending: Promise<void> | undefined;
  private closing = false;
  private readonly hurry = new AbortController();
  /** Lines given up. */
  dropped = 0;

  constructor(options: LineSenderOptions) {
    this.target = new URL('/lines', options.url);
    this.maxBytes = options.maxBytes ?? 8 * 1024 * 1024;
    this.agent = new (this.target.protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 });
  }

  /** Takes one line, without its line break. */
  add(text: string): void {
    const bytes = Buffer.byteLength(text) + 1;
    this.waiting.push({ text, bytes });
    this.waitingBytes += bytes;
    if (this.waitingBytes > this.maxBytes) this.dropOldest();
    this.sending ??= this.sendAll();
  }

  /** Sends what is left, for `deadlineMs` at most; a receiver that is not there is tried once more. */
  async close(deadlineMs: number): Promise<void> {
    this.closing = true;
    this.hurry.abort();
    const deadline = new AbortController();
    await Promise.race([
      this.sending,
      delay(deadlineMs, undefined, { signal: deadline.signal }).catch(() => undefined),
    ]);
    deadline.abort();
    this.dropped += this.waiting.length;
    this.waiting = [];
    this.agent.destroy();
  }

  /** A quarter at a time: to move the whole list up for every line would slow a program that talks a lot. */
  private dropOldest(): void {
    const gone = this.waiting.splice(0, Math.ceil(this.waiting.length / 4));
    this.dropped += gone.length;
    this.waitingBytes -= gone.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  private async sendAll(): Promise<void> {
    await this.pause(GATHER_MS);
    for (let batch = this.nextBatch(); batch !== undefined; batch = this.nextBatch()) await this.deliver(batch);
    this.sending = undefined;
  }

  private nextBatch(): Batch | undefined {
    let bytes = 0;
    let count = 0;
    for (const line of this.waiting) {
      if (count > 0 && bytes + line.bytes > BATCH_BYTES) break;
      bytes += line.bytes;
      count += 1;
    }
    if (count === 0) return undefined;
    const lines = this.waiting.splice(0, count);
    this.waitingBytes -= bytes;
    return { id: randomUUID(), body: lines.map(({ text }) => `${text}\n`).join(''), lines: count };
  }

  /** Until the receiver has it, refuses it for good, or there is no time left. */
  private async deliver(batch: Batch): Promise<void> {
    for (let wait = RETRY_MS.first; ; wait = Math.min(RETRY_MS.most, wait * 2)) {
      const lastTry = this.closing;
      const status = await this.post(batch).catch(() => 0);
      if (status === 200) return;
      const isFinal = status >= 400 && status < 500 && status !== 429;
      if (lastTry || isFinal) {
        this.dropped += batch.lines;
        return;
      }
      await this.pause(wait);
    }
  }

  /** A timer that keeps no program alive and ends at once when the sender closes. */
  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.hurry.signal, ref: false }).catch(() => undefined);
  }

  private post(batch: Batch): Promise<number> {
    return new Promise((resolve, reject) => {
      const send = this.target.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(this.target, {
        method: 'POST',
        agent: this.agent,
        timeout: REQUEST_TIMEOUT_MS,
        headers: {
          'content-type': LINES_CONTENT_TYPE,
          'content-length': Buffer.byteLength(batch.body),
          [BATCH_HEADER]: batch.id,
        },
      });
      request.once('response', (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      });
      request.once('timeout', () => request.destroy(new Error('no answer in time')));
      request.once('error', reject);
      request.end(batch.body);
    });
  }
}
