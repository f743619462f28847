import { Histogram } from 'prom-client';
import { GEN_AI_LABELS, GEN_AI_SECONDS_BUCKETS, METRICS } from '../semantics/index.js';
import type { BatchedRegistry } from './batched-registry.js';
import type { ModelCallEnd } from './model-call.js';

/** The series of one version of the GenAI conventions. */
export interface GenAiMetrics {
  /** Counts a finished call. @param labels those that all its series have. */
  observe(operation: string, end: ModelCallEnd, labels: GenAiLabels): void;
}

/** Values of the labels that a call has in all its series; what is unknown is left out. */
export type GenAiLabels = Readonly<Record<string, string | number>>;

/** Names of the labels that all series have. */
export const SHARED_LABELS = [
  GEN_AI_LABELS.operation,
  GEN_AI_LABELS.provider,
  GEN_AI_LABELS.requestModel,
  GEN_AI_LABELS.responseModel,
  GEN_AI_LABELS.serverAddress,
  GEN_AI_LABELS.serverPort,
] as const;

/** The labels of a call that failed say how. */
export function withError(labels: GenAiLabels, { errorType }: ModelCallEnd): GenAiLabels {
  return errorType === undefined ? labels : { ...labels, [GEN_AI_LABELS.errorType]: errorType };
}

/** The durations of operations, which both versions have, each of operations of its own. */
export function operationDurations(registry: BatchedRegistry): Histogram {
  return new Histogram({
    name: METRICS.genAiOperationDurationSeconds,
    help: 'Duration of GenAI operations in seconds, all attempts together',
    labelNames: [...SHARED_LABELS, GEN_AI_LABELS.errorType],
    buckets: [...GEN_AI_SECONDS_BUCKETS],
    ...registry.metricOptions,
  });
}
