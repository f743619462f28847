import { GEN_AI_LABELS, GEN_AI_SECONDS_BUCKETS, METRICS } from '../semantics/index.js';
import type { BatchedRegistry } from './batched-registry.js';
import { CallHistogram } from './call-histogram.js';
import type { LabelValue } from './label-tree.js';
import type { ModelCallEnd } from './model-call.js';

/** The series of one version of the GenAI conventions. */
export interface GenAiMetrics {
  /** Counts a finished call. @param shared values of `SHARED_LABELS`. */
  observe(operation: string, end: ModelCallEnd, shared: readonly LabelValue[]): void;
}

/** Names of the labels that all series have. */
export const SHARED_LABELS = [
  GEN_AI_LABELS.operation,
  GEN_AI_LABELS.provider,
  GEN_AI_LABELS.requestModel,
  GEN_AI_LABELS.responseModel,
  GEN_AI_LABELS.serverAddress,
  GEN_AI_LABELS.serverPort,
] as const;

/** The durations of operations, which both versions have, each of operations of its own. */
export function operationDurations(registry: BatchedRegistry): CallHistogram {
  return new CallHistogram(registry, {
    name: METRICS.genAiOperationDurationSeconds,
    help: 'Duration of GenAI operations in seconds, all attempts together',
    labelNames: [...SHARED_LABELS, GEN_AI_LABELS.errorType],
    buckets: GEN_AI_SECONDS_BUCKETS,
  });
}
