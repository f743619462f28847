/** Prometheus metric names, label names and buckets. */
export const METRICS = {
  httpRequestsTotal: 'http_requests_total',
  httpRequestDurationSeconds: 'http_request_duration_seconds',
  tracingErrorsTotal: 'onetrace_tracing_errors_total',
  spansDroppedTotal: 'onetrace_spans_dropped_total',
  logLinesDroppedTotal: 'onetrace_log_lines_dropped_total',

  genAiOperationDurationSeconds: 'gen_ai_client_operation_duration_seconds',
  genAiTokenUsage: 'gen_ai_client_token_usage',
  genAiTimeToFirstChunkSeconds: 'gen_ai_client_operation_time_to_first_chunk_seconds',

  genAiInferenceDurationSeconds: 'gen_ai_client_inference_duration_seconds',
  genAiInferenceTimeToFirstChunkSeconds: 'gen_ai_client_inference_time_to_first_chunk_seconds',
  genAiInferenceInputTokens: 'gen_ai_client_inference_operation_input_tokens',
  genAiInferenceOutputTokens: 'gen_ai_client_inference_operation_output_tokens',
  genAiInferenceInputTokensTotal: 'gen_ai_client_inference_usage_input_tokens_total',
  genAiInferenceOutputTokensTotal: 'gen_ai_client_inference_usage_output_tokens_total',
  genAiInferenceCacheReadTokensTotal: 'gen_ai_client_inference_usage_cache_read_input_tokens_total',
  genAiInferenceCacheWriteTokensTotal: 'gen_ai_client_inference_usage_cache_write_input_tokens_total',
  genAiInferenceReasoningTokensTotal: 'gen_ai_client_inference_usage_reasoning_output_tokens_total',

  llmCallsTotal: 'llm_calls_total',
  llmActiveCalls: 'llm_active_calls',
  llmCostTotal: 'llm_cost_total',
  llmCostUsdTotal: 'llm_cost_usd_total',
  llmParsingFailuresTotal: 'llm_parsing_failures_total',
  llmCacheHitsTotal: 'llm_cache_hits_total',
  llmCacheMissesTotal: 'llm_cache_misses_total',

  connectorCallDurationSeconds: 'onetrace_connector_call_duration_seconds',

  circuitOpen: 'onetrace_circuit_open',
  circuitChangesTotal: 'onetrace_circuit_changes_total',
} as const;

/** Labels of the HTTP series: the route is always the template, never the path. */
export const HTTP_LABELS = ['method', 'route', 'status'] as const;

/** Seconds; the defaults of the user's monitoring guide, widened to the length of a model call. */
export const HTTP_DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** Labels of the GenAI series: the attributes of the conventions, as Prometheus writes them. */
export const GEN_AI_LABELS = {
  operation: 'gen_ai_operation_name',
  provider: 'gen_ai_provider_name',
  requestModel: 'gen_ai_request_model',
  responseModel: 'gen_ai_response_model',
  tokenType: 'gen_ai_token_type',
  tokenModality: 'gen_ai_token_modality',
  serverAddress: 'server_address',
  serverPort: 'server_port',
  errorType: 'error_type',
} as const;

/** Labels of the `llm_*` series. */
export const LLM_LABELS = { tenant: 'tenant_id', model: 'model', status: 'status', currency: 'currency' } as const;

/** Labels of the durations of calls that are no operations of the GenAI conventions. */
export const CALL_LABELS = {
  connector: 'connector',
  target: 'target',
  operation: 'operation',
  model: 'model',
  errorType: 'error_type',
} as const;

/** What calls do that are no operations of the GenAI conventions: ask a model with tensors, or anything else. */
export type CallOperation = 'infer' | 'request';

/** Labels of the series of circuit breakers. */
export const CIRCUIT_LABELS = { connector: 'connector', target: 'target', state: 'state' } as const;

/** Label value of what is beyond the bound of a label. */
export const OTHER = '_OTHER';

/** Seconds; of durations and times to the first chunk, as the GenAI conventions want them. */
export const GEN_AI_SECONDS_BUCKETS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
] as const;

/** Tokens: powers of 4, as the GenAI conventions want them. */
export const GEN_AI_TOKEN_BUCKETS = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
] as const;

/** Label value of requests that no route matched. */
export const UNMATCHED_ROUTE = '<unmatched>';
