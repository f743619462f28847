import { setTimeout as pause } from 'node:timers/promises';
import type { EndedSpan } from '../ended-span.js';
import { errorMessage } from '../thrown-value.js';
import { noticeUndelivered } from './delivery-notice.js';
import { countDroppedSpans } from './dropped-spans.js';
import type { OtlpSettings } from './otlp-settings.js';
import { type Attempt, OtlpTransport } from './otlp-transport.js';
import type { SpanExporter } from './span-exporter.js';

const MOST_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;
/** Between attempts at shutdown, growing with each: somebody waits. */
const LAST_PAUSE_MS = 100;
const LONGEST_LAST_PAUSE_MS = 1000;
const GROWTH = 1.5;
const JITTER = 0.2;

/**
 * Sends batches by OTLP over HTTP, several at once. What the specification calls retryable is tried again after a
 * growing pause, within the time that a batch has.
 */
export class OtlpExporter implements SpanExporter {
  private readonly transport: OtlpTransport;
  private readonly hurried = new AbortController();
  private readonly givenUp = new AbortController();

  constructor(private readonly settings: OtlpSettings) {
    this.transport = new OtlpTransport(settings);
  }

  async export(spans: EndedSpan[]): Promise<void> {
    const { body, written, failure } = this.settings.serializer.serializeRequest(spans);
    if (written < spans.length) countDroppedSpans(spans.length - written, 'failure', errorMessage(failure));
    if (written === 0) return;
    const attempt = await this.attempts(body);
    if (attempt.outcome === 'taken') return this.readAnswer(attempt.body);
    if (this.givenUp.signal.aborted) return countDroppedSpans(written, 'shutdown', attempt.reason);
    noticeUndelivered(this.settings.url, attempt, written);
    countDroppedSpans(written, 'undeliverable', attempt.reason);
  }

  hurry(): void {
    this.hurried.abort();
  }

  abort(): void {
    this.givenUp.abort();
    this.hurry();
    this.transport.abort();
  }

  private async attempts(request: Uint8Array): Promise<Attempt> {
    const deadline = performance.now() + this.settings.timeoutMs;
    try {
      const body = await this.transport.encode(request);
      for (let made = 1; ; made += 1) {
        const attempt = await this.transport.send(body, Math.max(1, deadline - performance.now()));
        if (attempt.outcome !== 'later') return attempt;
        const isLast = this.hurried.signal.aborted;
        // At the end only a receiver that answers is worth another attempt.
        if (isLast && attempt.status === undefined) return attempt;
        const waitMs = attempt.waitMs ?? (isLast ? LAST_PAUSE_MS * made : pauseMs(made));
        if (made === MOST_ATTEMPTS || performance.now() + waitMs > deadline) return attempt;
        if (isLast && waitMs > LONGEST_LAST_PAUSE_MS) return attempt;
        const { signal } = isLast ? this.givenUp : this.hurried;
        await pause(waitMs, undefined, { ref: false, signal }).catch(() => undefined);
        if (this.givenUp.signal.aborted) return attempt;
      }
    } catch (error) {
      return { outcome: 'refused', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  private readAnswer(body: Buffer): void {
    if (body.length === 0) return;
    let rejected: number;
    let message: string | undefined;
    try {
      const { partialSuccess } = this.settings.serializer.deserializeResponse(body);
      rejected = Number(partialSuccess?.rejectedSpans ?? 0);
      message = partialSuccess?.errorMessage;
    } catch {
      // Receivers that answer with their own words have taken the spans all the same.
      return;
    }
    countDroppedSpans(rejected, 'rejected', message);
  }
}

function pauseMs(made: number): number {
  const growing = Math.min(FIRST_PAUSE_MS * GROWTH ** (made - 1), LONGEST_PAUSE_MS);
  return growing * (1 + (Math.random() * 2 - 1) * JITTER);
}
