import { SpanKind } from '@opentelemetry/api';
import type { Sampling } from '../vllm/sampling.js';
import type { ServerSpan } from './server-span.js';
import type { ServerTracing } from './server-tracing.js';

/**
 * vLLM's span: one `llm_request` for each finished request, with usage and latencies (seconds), without the
 * model's name. Requests that fail or are aborted leave none.
 */
export function startLlmRequestSpan(
  tracing: ServerTracing,
  headers: NodeJS.Dict<string | string[]>,
  { id, sampling }: { readonly id: string; readonly sampling: Sampling },
): ServerSpan {
  const parent = tracing.extract(headers);
  const started = performance.now();
  const span = tracing.tracer('vllm.tracing.otel').startSpan('llm_request', { kind: SpanKind.SERVER }, parent);
  return {
    context: span.spanContext(),
    finish: ({ status, usage }) => {
      if (status !== 200 || usage === undefined) return;
      const seconds = (performance.now() - started) / 1000;
      const firstToken = seconds / (usage.completionTokens + 1);
      span.setAttributes({
        'gen_ai.latency.time_to_first_token': firstToken,
        'gen_ai.latency.e2e': seconds,
        'gen_ai.latency.time_in_queue': 0,
        'gen_ai.latency.time_in_model_prefill': firstToken,
        'gen_ai.latency.time_in_model_decode': seconds - firstToken,
        'gen_ai.latency.time_in_model_inference': seconds,
        'gen_ai.usage.prompt_tokens': usage.promptTokens,
        'gen_ai.usage.completion_tokens': usage.completionTokens,
        'gen_ai.request.id': id,
        'gen_ai.request.top_p': sampling.topP,
        'gen_ai.request.max_tokens': sampling.maxTokens,
        'gen_ai.request.temperature': sampling.temperature,
        'gen_ai.request.n': 1,
      });
      span.end();
    },
  };
}
