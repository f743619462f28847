export { BoundedJson } from './bounded-json.js';
export * from './compliance-attributes.js';
export type * from './ended-span.js';
export * from './failure.js';
export * from './finished-span.js';
export * from './inject-tracer.decorator.js';
export { NamedCall } from './named-call.js';
export { nearestName } from './nearest-name.js';
export * from './notice.js';
export { isOptionsObject } from './options-object.js';
export { describeReceived } from './received-value.js';
export * from './recorded-value.js';
export * from './redaction/index.js';
export * from './safely.js';
export { tapSpans } from './span-taps.js';
export * from './thrown-value.js';
export type * from './trace-options.js';
export * from './trace.decorator.js';
export { inSpan } from './traced-call.js';
export * from './tracer.js';
export * from './tracing-options.js';
export {
  markComponents,
  startCollecting,
  startTracing,
  stopCollecting,
  stopTracing,
  tracingRuntime,
} from './tracing-runtime.js';
export { droppedSpans } from './export/dropped-spans.js';
export { unrecordedSpan } from './provider/index.js';
export * from './tracing.service.js';
export { kindOf, nameOf, simpleForm, textOf } from './value-text.js';
