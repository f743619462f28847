import { GEN_AI_LABELS, GEN_AI_SECONDS_BUCKETS, GEN_AI_TOKEN_BUCKETS, METRICS } from '../semantics/index.js';
import type { BatchedRegistry } from './batched-registry.js';
import { CallHistogram } from './call-histogram.js';
import { type GenAiMetrics, SHARED_LABELS } from './gen-ai-metrics.js';
import type { LabelValue } from './label-tree.js';
import type { ModelCallEnd } from './model-call.js';

/** The client metrics of the GenAI conventions 1.41. */
export class GenAi141Metrics implements GenAiMetrics {
  private readonly firstChunks;
  private readonly tokens;

  /** @param durations of operations, which both versions have. */
  constructor(
    registry: BatchedRegistry,
    private readonly durations: CallHistogram,
  ) {
    this.firstChunks = new CallHistogram(registry, {
      name: METRICS.genAiTimeToFirstChunkSeconds,
      help: 'Seconds from the call to the first chunk of a streamed answer',
      labelNames: SHARED_LABELS,
      buckets: GEN_AI_SECONDS_BUCKETS,
    });
    this.tokens = new CallHistogram(registry, {
      name: METRICS.genAiTokenUsage,
      help: 'Tokens of GenAI operations, by type',
      labelNames: [...SHARED_LABELS, GEN_AI_LABELS.tokenType],
      buckets: GEN_AI_TOKEN_BUCKETS,
    });
  }

  observe(_operation: string, end: ModelCallEnd, shared: readonly LabelValue[]): void {
    this.durations.observe(end.durationMs / 1000, shared, end.errorType);
    if (end.firstChunkMs !== undefined) this.firstChunks.observe(end.firstChunkMs / 1000, shared);
    const { input, output } = end.tokens;
    if (input !== undefined) this.tokens.observe(input, shared, 'input');
    if (output !== undefined) this.tokens.observe(output, shared, 'output');
  }
}
