import { context, ROOT_CONTEXT, TraceFlags } from '@opentelemetry/api';
import { suppressTracing } from '../../context/index.js';
import type { EndedSpan } from '../ended-span.js';
import { safely } from '../safely.js';
import { withinDeadline } from '../within-deadline.js';
import type { BatchLimits } from './batch-limits.js';
import { countDroppedSpans } from './dropped-spans.js';
import { estimatedBytes } from './estimated-bytes.js';
import { settled } from './settled-resource.js';
import type { SpanExporter, SpanSink } from './span-exporter.js';

const SETTLING_MS = 100;
const UNTRACED = suppressTracing(ROOT_CONTEXT);

interface Batch {
  readonly spans: EndedSpan[];
  bytes: number;
  readonly done: Promise<void>;
  readonly settle: () => void;
}

/**
 * Collects ended spans into batches and keeps several of them under way at once. OpenTelemetry's own keeps one, and so
 * loses half of the spans behind a receiver that takes 200 ms. What exceeds the bounds is dropped and counted.
 */
export class BatchSpanProcessor implements SpanSink {
  private filling = newBatch();
  /** Full batches that wait for their turn. */
  private readonly waiting: Batch[] = [];
  private readonly underWay = new Set<Batch>();
  private waitingSpans = 0;
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private pumping = false;
  private closed: Promise<void> | undefined;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly limits: BatchLimits,
    /** What a span must go through before it leaves: privacy. */
    private readonly prepare: (span: EndedSpan) => EndedSpan,
  ) {}

  onEnd(span: EndedSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.closed !== undefined) return countDroppedSpans(1, 'shutdown');
    const bytes = estimatedBytes(span);
    if (this.waitingSpans >= this.limits.queueSpans || this.bytes + bytes > this.limits.bytes) {
      return countDroppedSpans(1, 'queue_full');
    }
    this.waitingSpans += 1;
    this.bytes += bytes;
    this.filling.bytes += bytes;
    this.filling.spans.push(span);
    if (this.filling.spans.length >= this.limits.batchSpans) this.send();
    else this.timer ??= setTimeout(() => this.send(), this.limits.delayMs).unref();
  }

  async flush(timeoutMs: number): Promise<void> {
    this.close();
    this.pump();
    await withinDeadline(Promise.all([...this.waiting, ...this.underWay].map(({ done }) => done)), timeoutMs);
  }

  shutdown(timeoutMs: number): Promise<void> {
    this.closed ??= this.end(timeoutMs);
    return this.closed;
  }

  private async end(timeoutMs: number): Promise<void> {
    this.exporter.hurry();
    await this.flush(timeoutMs);
    for (const batch of this.waiting.splice(0)) {
      countDroppedSpans(batch.spans.length, 'shutdown');
      this.release(batch);
    }
    this.exporter.abort();
    // What was given up settles at once, and says what it lost before the application's logger is closed.
    await withinDeadline(Promise.all([...this.underWay].map(({ done }) => done)), SETTLING_MS);
  }

  /** Closes the batch that is being filled; it goes out once the code that ended the last span has had its turn. */
  private send(): void {
    this.close();
    if (this.pumping) return;
    this.pumping = true;
    setImmediate(() => {
      this.pumping = false;
      this.pump();
    });
  }

  private close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.filling.spans.length === 0) return;
    this.waiting.push(this.filling);
    this.filling = newBatch();
  }

  private pump(): void {
    while (this.underWay.size < this.limits.inFlight) {
      const batch = this.waiting.shift();
      if (batch === undefined) return;
      this.waitingSpans -= batch.spans.length;
      this.underWay.add(batch);
      void this.deliver(batch);
    }
  }

  private async deliver(batch: Batch): Promise<void> {
    try {
      // Host and container may still be looked up when the first spans leave.
      await Promise.all([...new Set(batch.spans.map(({ resource }) => resource))].map(settled));
      const spans = batch.spans.flatMap((span) => safely('span preparation', () => this.prepare(span)) ?? []);
      countDroppedSpans(batch.spans.length - spans.length, 'failure');
      // The exporter's own request must not become a span, nor belong to the request that ended the last one.
      if (spans.length > 0) await context.with(UNTRACED, () => this.exporter.export(spans));
    } catch (error) {
      countDroppedSpans(batch.spans.length, 'failure', String(error));
    } finally {
      this.underWay.delete(batch);
      this.release(batch);
      this.pump();
    }
  }

  private release(batch: Batch): void {
    this.bytes -= batch.bytes;
    batch.settle();
  }
}

function newBatch(): Batch {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { spans: [], bytes: 0, done: promise, settle: resolve };
}
