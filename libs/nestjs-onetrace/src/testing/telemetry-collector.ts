import { AssertionError } from 'node:assert';
import type { INestApplicationContext } from '@nestjs/common';
import { tapLines } from '../logging/index.js';
import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import { startCollecting, stopCollecting, tapSpans } from '../tracing/index.js';
import type { CollectedLine } from './collected-line.js';
import { type CollectedSpan, toCollectedSpan } from './collected-span.js';
import { type CollectedMetric, readMetrics } from './metric.reader.js';
import { renderSpans } from './tree.renderer.js';

/** Options of `collectTelemetry`. */
export interface CollectOptions {
  /** Keeps lines from their destination, so that a test's output stays readable. Default: false. */
  readonly quiet?: boolean;
}

/** Options of `TelemetryCollector.waitFor`. */
export interface WaitOptions {
  /** Longest wait, in milliseconds. Default: 5000. */
  readonly timeoutMs?: number;
}

/** Collects what this process traces and writes, in memory. */
export interface TelemetryCollector {
  /** Spans that have ended, in the order of their ends, as they would leave the process: privacy has been applied. */
  readonly spans: () => CollectedSpan[];
  /** Lines in the order in which they were written. */
  readonly lines: () => CollectedLine[];
  /** What `/metrics` of an application says now. */
  readonly metrics: (app: INestApplicationContext) => Promise<CollectedMetric[]>;
  /**
   * Waits until a function of what was collected gives something truthy, and gives it back: asked now, and again with
   * every span and line.
   *
   * @throws AssertionError after the timeout, showing what there was.
   */
  readonly waitFor: <T>(find: (collected: TelemetryCollector) => T, options?: WaitOptions) => Promise<NonNullable<T>>;
  /** Forgets what was collected: for `beforeEach`. */
  readonly reset: () => void;
  /** Ends the collection, and tracing with it where no application runs: for `afterAll`. Idempotent. */
  readonly stop: () => Promise<void>;
}

const DEFAULT_WAIT_MS = 5000;
/** What a timer can hold; `Infinity` would end at once. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * Begins to collect the spans and lines of this process. Begun before the application is built, no span leaves the
 * process and every trace is sampled; begun later, the application goes on sending as it did. Several may run at once.
 *
 * @throws OnetraceError ONETRACE_FOREIGN_PROVIDER beside an OpenTelemetry provider that is not Onetrace's.
 */
export function collectTelemetry({ quiet = false }: CollectOptions = {}): TelemetryCollector {
  if (!startCollecting()) {
    throw new OnetraceError(
      ERROR_CODES.foreignProvider,
      "another OpenTelemetry provider is registered, so that there are no spans of Onetrace to collect; begin before it, or use that SDK's own InMemorySpanExporter",
    );
  }
  const spans: CollectedSpan[] = [];
  const lines: CollectedLine[] = [];
  const waiting = new Set<() => void>();
  const tellWaiting = (): void => {
    for (const look of waiting) look();
  };
  const ends = [
    tapSpans((span) => {
      spans.push(toCollectedSpan(span));
      tellWaiting();
    }),
    tapLines((line) => {
      lines.push(JSON.parse(line) as CollectedLine);
      tellWaiting();
      return !quiet;
    }),
  ];
  let stopped: Promise<void> | undefined;
  const collector: TelemetryCollector = {
    spans: () => [...spans],
    lines: () => [...lines],
    metrics: readMetrics,
    waitFor: (find, { timeoutMs = DEFAULT_WAIT_MS } = {}) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          clearTimeout(timer);
          waiting.delete(look);
          act();
        };
        const look = (): void => {
          try {
            const found = find(collector);
            if (found instanceof Promise) {
              throw new TypeError('waitFor takes a function that answers at once, and got a Promise from it');
            }
            if (found) settle(() => resolve(found));
          } catch (error) {
            const mistake = error instanceof Error ? error : new Error(String(error), { cause: error });
            settle(() => reject(mistake));
          }
        };
        const timer = setTimeout(
          () => settle(() => reject(timedOut(timeoutMs, spans, lines))),
          Math.min(timeoutMs, LONGEST_WAIT_MS),
        );
        waiting.add(look);
        look();
      }),
    reset: () => {
      spans.length = 0;
      lines.length = 0;
    },
    stop: () => {
      for (const end of ends) end();
      return (stopped ??= stopCollecting());
    },
  };
  return collector;
}

function timedOut(timeoutMs: number, spans: CollectedSpan[], lines: CollectedLine[]): AssertionError {
  const written = lines.map(({ level, message }) => `${level} ${message}`).join('\n') || '(no lines)';
  return new AssertionError({
    message: `nothing was found within ${timeoutMs} ms\n\n${renderSpans(spans)}\n\n${written}`,
  });
}

/** A collector of spans alone. */
export type SpanCollector = Pick<TelemetryCollector, 'spans' | 'reset' | 'stop'>;

/** Collects the spans of this process: `collectTelemetry` for those who look at nothing else. */
export function collectSpans(): SpanCollector {
  return collectTelemetry();
}
