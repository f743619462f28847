import { CALL_LABELS, type CallOperation, GEN_AI_SECONDS_BUCKETS, METRICS } from '../semantics/index.js';
import type { BatchedRegistry } from './batched-registry.js';
import { CallHistogram } from './call-histogram.js';
import type { ModelCallEnd } from './model-call.js';

/** A call of a connector that is no operation of the GenAI conventions, in labels. */
export interface PlainCall {
  readonly connector: string;
  /** `host:port`. */
  readonly target: string;
  readonly operation: CallOperation;
  /** Empty where no model is asked. */
  readonly model: string;
}

/** How long the calls take that the GenAI conventions have no series for. */
export class CallDurations {
  private readonly seconds;

  constructor(registry: BatchedRegistry) {
    this.seconds = new CallHistogram(registry, {
      name: METRICS.connectorCallDurationSeconds,
      help: 'Duration in seconds of calls of connectors that are no GenAI operations, all attempts together',
      labelNames: Object.values(CALL_LABELS),
      buckets: GEN_AI_SECONDS_BUCKETS,
    });
  }

  /** Counts a finished call. */
  observe(
    { connector, target, operation, model }: PlainCall,
    { durationMs, errorType }: Pick<ModelCallEnd, 'durationMs' | 'errorType'>,
  ): void {
    this.seconds.observe(durationMs / 1000, [connector, target, operation, model], errorType);
  }
}
