export { assembleFlow, type FlowParts } from './flow/flow.assembler.js';
export { findFlow } from './flow/flow.finder.js';
export type {
  Flow,
  FlowCause,
  FlowLine,
  FlowLink,
  FlowOutcome,
  FlowRow,
  ModelUsage,
  FlowSpan,
  SpanState,
  TimeShare,
} from './flow/flow.js';
export { OnetraceError, type OnetraceErrorCode } from './onetrace.error.js';
export { startReceiver, type Receiver, type ReceiverOptions } from './receiver/receiver.js';
export { openStore, type FlowIdentities, type Store, type StoreOptions, type TraceSummary } from './store/store.js';
export { LOG_LEVELS, type LogError, type LogLevel, type LogLine } from './telemetry/log-line.js';
export type { Attributes, AttributeValue, Span, SpanEvent, SpanKind, SpanLink } from './telemetry/span.js';
export { renderFlow, type RenderOptions } from './terminal/flow.renderer.js';
