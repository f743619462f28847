export type { Circuit } from './circuit-metrics.js';
export * from './http-metrics.js';
export type { ModelCallEnd, TokenCounts } from './model-call.js';
export { modelMetrics, modelMetricsRegistry } from './model-metrics.js';
