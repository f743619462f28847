import { Counter } from 'prom-client';
import { GEN_AI_LABELS, GEN_AI_SECONDS_BUCKETS, GEN_AI_TOKEN_BUCKETS, METRICS } from '../semantics/index.js';
import type { BatchedRegistry } from './batched-registry.js';
import { CallHistogram } from './call-histogram.js';
import { type GenAiMetrics, SHARED_LABELS } from './gen-ai-metrics.js';
import { type Labels, LabelTree, type LabelValue } from './label-tree.js';
import type { ModelCallEnd } from './model-call.js';

/** What the conventions call inference; every other operation keeps the duration of 1.41 and has no token metric. */
const INFERENCE: ReadonlySet<string> = new Set(['chat', 'text_completion']);

/** The labels of counted tokens. */
const COUNTED_LABELS = [...SHARED_LABELS, GEN_AI_LABELS.tokenModality];

/** The client metrics of the newest GenAI conventions. */
export class GenAiLatestMetrics implements GenAiMetrics {
  private readonly durations;
  private readonly firstChunks;
  private readonly inputs;
  private readonly outputs;
  private readonly inputTotal;
  private readonly outputTotal;
  private readonly parts;
  private readonly counted = new LabelTree<Labels>(COUNTED_LABELS, (labels) => labels);

  /** @param otherDurations of operations, which both versions have. */
  constructor(
    registry: BatchedRegistry,
    private readonly otherDurations: CallHistogram,
  ) {
    const failing = [...SHARED_LABELS, GEN_AI_LABELS.errorType];
    const histogram = (name: string, help: string, labelNames: readonly string[], buckets: readonly number[]) =>
      new CallHistogram(registry, { name, help, labelNames, buckets });
    const counter = (name: string, help: string) =>
      new Counter({ name, help, labelNames: COUNTED_LABELS, ...registry.metricOptions });
    this.durations = histogram(
      METRICS.genAiInferenceDurationSeconds,
      'Duration of inference operations in seconds, all attempts together',
      failing,
      GEN_AI_SECONDS_BUCKETS,
    );
    this.firstChunks = histogram(
      METRICS.genAiInferenceTimeToFirstChunkSeconds,
      'Seconds from the call to the first chunk of a streamed answer',
      SHARED_LABELS,
      GEN_AI_SECONDS_BUCKETS,
    );
    this.inputs = histogram(
      METRICS.genAiInferenceInputTokens,
      'Input tokens of single inference operations',
      failing,
      GEN_AI_TOKEN_BUCKETS,
    );
    this.outputs = histogram(
      METRICS.genAiInferenceOutputTokens,
      'Output tokens of single inference operations',
      failing,
      GEN_AI_TOKEN_BUCKETS,
    );
    this.inputTotal = counter(METRICS.genAiInferenceInputTokensTotal, 'Input tokens, cached ones included');
    this.outputTotal = counter(METRICS.genAiInferenceOutputTokensTotal, 'Output tokens, reasoning included');
    this.parts = {
      cacheRead: counter(METRICS.genAiInferenceCacheReadTokensTotal, "Input tokens from the provider's cache"),
      cacheWrite: counter(METRICS.genAiInferenceCacheWriteTokensTotal, "Input tokens written to the provider's cache"),
      reasoning: counter(METRICS.genAiInferenceReasoningTokensTotal, 'Output tokens spent on reasoning'),
    };
  }

  observe(operation: string, end: ModelCallEnd, shared: readonly LabelValue[]): void {
    const { errorType } = end;
    const seconds = end.durationMs / 1000;
    if (!INFERENCE.has(operation)) {
      this.otherDurations.observe(seconds, shared, errorType);
      return;
    }
    this.durations.observe(seconds, shared, errorType);
    if (end.firstChunkMs !== undefined) this.firstChunks.observe(end.firstChunkMs / 1000, shared);
    // By these conventions a call without usage counts with 0, and tokens of which no kind is told are of an unknown one.
    const { input = 0, output = 0 } = end.tokens;
    this.inputs.observe(input, shared, errorType);
    this.outputs.observe(output, shared, errorType);
    // A copy, since whoever reads the counters gets it.
    const counted = { ...this.counted.at(shared, 'unknown') };
    this.inputTotal.inc(counted, input);
    this.outputTotal.inc(counted, output);
    for (const part of ['cacheRead', 'cacheWrite', 'reasoning'] as const) {
      const tokens = end.tokens[part];
      if (tokens !== undefined) this.parts[part].inc(counted, tokens);
    }
  }
}
