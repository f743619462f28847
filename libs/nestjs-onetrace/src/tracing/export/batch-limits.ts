import { numberVariable } from './number-variable.js';

/** Bounds of the queue between the application and a receiver. */
export interface BatchLimits {
  /** Longest time a span waits for others, in milliseconds. */
  readonly delayMs: number;
  /** Spans of one request. */
  readonly batchSpans: number;
  /** Spans that wait; more are dropped. */
  readonly queueSpans: number;
  /** Estimated bytes of the spans that wait or are under way; more are dropped. */
  readonly bytes: number;
  /** Requests under way at once. */
  readonly inFlight: number;
  /** Longest time for one batch, all attempts together, in milliseconds. */
  readonly exportTimeoutMs: number;
}

/** `OTEL_BSP_*` variables, else our defaults: a short delay, because a person searches for the flow as soon as it has failed. */
export function batchLimits(): BatchLimits {
  const queueSpans = numberVariable('OTEL_BSP_MAX_QUEUE_SIZE', 8192, 1);
  return {
    delayMs: numberVariable('OTEL_BSP_SCHEDULE_DELAY', 500, 0),
    queueSpans,
    batchSpans: Math.min(numberVariable('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, 1), queueSpans),
    bytes: 64 * 1024 * 1024,
    inFlight: 8,
    exportTimeoutMs: numberVariable('OTEL_BSP_EXPORT_TIMEOUT', 30_000, 1),
  };
}
