import '../semantics/required-node.js';
export type { CollectedLine } from './collected-line.js';
export type { CollectedSpan } from './collected-span.js';
export type { CollectedMetric } from './metric.reader.js';
export type { SpanNode, TraceTree } from './span-node.js';
export { traceTrees } from './span-node.js';
export {
  type CollectOptions,
  collectSpans,
  collectTelemetry,
  type SpanCollector,
  type TelemetryCollector,
  type WaitOptions,
} from './telemetry-collector.js';
export { childrenOf, expectOneTrace, findSpan } from './trace-assertions.js';
export { renderSpans } from './tree.renderer.js';
