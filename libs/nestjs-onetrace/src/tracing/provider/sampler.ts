import type { SpanContext } from '@opentelemetry/api';

/** Decides which spans are recorded and exported. */
export interface Sampler {
  /**
   * @param traceId The trace the span belongs to, 32 hexadecimal digits.
   * @param parent What is known of its valid parent; `undefined` for the root of a trace.
   */
  isSampled(traceId: string, parent: Pick<SpanContext, 'traceFlags' | 'isRemote'> | undefined): boolean;
}

/** Samples every trace. */
export const ALWAYS_ON: Sampler = { isSampled: () => true };

/** Samples none. */
export const ALWAYS_OFF: Sampler = { isSampled: () => false };
