export type { Circuit } from './circuit-metrics.js';
export * from './http-metrics.js';
export type { ModelCall, ModelCallEnd, TokenCounts } from './model-call.js';
export { type ModelMetrics, modelMetrics, modelMetricsRegistry } from './model-metrics.js';
