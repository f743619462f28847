import { Counter, Histogram } from 'prom-client';
import { GEN_AI_LABELS, GEN_AI_SECONDS_BUCKETS, GEN_AI_TOKEN_BUCKETS, METRICS } from '../semantics/index.js';
import type { BatchedRegistry } from './batched-registry.js';
import { type GenAiLabels, type GenAiMetrics, SHARED_LABELS, withError } from './gen-ai-metrics.js';
import type { ModelCallEnd } from './model-call.js';

/** What the conventions call inference; every other operation keeps the duration of 1.41 and has no token metric. */
const INFERENCE: ReadonlySet<string> = new Set(['chat', 'text_completion']);

/** The client metrics of the newest GenAI conventions. */
export class GenAiLatestMetrics implements GenAiMetrics {
  private readonly durations;
  private readonly firstChunks;
  private readonly inputs;
  private readonly outputs;
  private readonly inputTotal;
  private readonly outputTotal;
  private readonly parts;

  /** @param durations of operations, which both versions have. */
  constructor(
    registry: BatchedRegistry,
    private readonly otherDurations: Histogram,
  ) {
    const failing = [...SHARED_LABELS, GEN_AI_LABELS.errorType];
    const histogram = (name: string, help: string, labelNames: string[], buckets: readonly number[]) =>
      new Histogram({ name, help, labelNames, buckets: [...buckets], ...registry.metricOptions });
    const counter = (name: string, help: string) =>
      new Counter({
        name,
        help,
        labelNames: [...SHARED_LABELS, GEN_AI_LABELS.tokenModality],
        ...registry.metricOptions,
      });
    this.durations = histogram(
      METRICS.genAiInferenceDurationSeconds,
      'Duration of inference operations in seconds, all attempts together',
      failing,
      GEN_AI_SECONDS_BUCKETS,
    );
    this.firstChunks = histogram(
      METRICS.genAiInferenceTimeToFirstChunkSeconds,
      'Seconds from the call to the first chunk of a streamed answer',
      [...SHARED_LABELS],
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

  observe(operation: string, end: ModelCallEnd, labels: GenAiLabels): void {
    const failing = withError(labels, end);
    const seconds = end.durationMs / 1000;
    if (!INFERENCE.has(operation)) {
      this.otherDurations.observe(failing, seconds);
      return;
    }
    this.durations.observe(failing, seconds);
    if (end.firstChunkMs !== undefined) this.firstChunks.observe(labels, end.firstChunkMs / 1000);
    // By these conventions a call without usage counts with 0, and tokens of which no kind is told are of an unknown one.
    const { input = 0, output = 0 } = end.tokens;
    const counted = { ...labels, [GEN_AI_LABELS.tokenModality]: 'unknown' };
    this.inputs.observe(failing, input);
    this.outputs.observe(failing, output);
    this.inputTotal.inc(counted, input);
    this.outputTotal.inc(counted, output);
    for (const part of ['cacheRead', 'cacheWrite', 'reasoning'] as const) {
      const tokens = end.tokens[part];
      if (tokens !== undefined) this.parts[part].inc(counted, tokens);
    }
  }
}
