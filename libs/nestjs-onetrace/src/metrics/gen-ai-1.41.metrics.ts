import { Histogram } from 'prom-client';
import { GEN_AI_LABELS, GEN_AI_SECONDS_BUCKETS, GEN_AI_TOKEN_BUCKETS, METRICS } from '../semantics/index.js';
import type { BatchedRegistry } from './batched-registry.js';
import { type GenAiLabels, type GenAiMetrics, SHARED_LABELS, withError } from './gen-ai-metrics.js';
import type { ModelCallEnd } from './model-call.js';

/** The client metrics of the GenAI conventions 1.41. */
export class GenAi141Metrics implements GenAiMetrics {
  private readonly firstChunks;
  private readonly tokens;

  /** @param durations of operations, which both versions have. */
  constructor(
    registry: BatchedRegistry,
    private readonly durations: Histogram,
  ) {
    this.firstChunks = new Histogram({
      name: METRICS.genAiTimeToFirstChunkSeconds,
      help: 'Seconds from the call to the first chunk of a streamed answer',
      labelNames: [...SHARED_LABELS],
      buckets: [...GEN_AI_SECONDS_BUCKETS],
      ...registry.metricOptions,
    });
    this.tokens = new Histogram({
      name: METRICS.genAiTokenUsage,
      help: 'Tokens of GenAI operations, by type',
      labelNames: [...SHARED_LABELS, GEN_AI_LABELS.tokenType],
      buckets: [...GEN_AI_TOKEN_BUCKETS],
      ...registry.metricOptions,
    });
  }

  observe(_operation: string, end: ModelCallEnd, labels: GenAiLabels): void {
    this.durations.observe(withError(labels, end), end.durationMs / 1000);
    if (end.firstChunkMs !== undefined) this.firstChunks.observe(labels, end.firstChunkMs / 1000);
    const { input, output } = end.tokens;
    if (input !== undefined) this.tokens.observe({ ...labels, [GEN_AI_LABELS.tokenType]: 'input' }, input);
    if (output !== undefined) this.tokens.observe({ ...labels, [GEN_AI_LABELS.tokenType]: 'output' }, output);
  }
}
