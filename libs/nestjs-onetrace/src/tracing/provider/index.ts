export { createSampler } from './create-sampler.js';
export { OnetraceTracerProvider } from './onetrace-tracer-provider.js';
export { resolveSpanLimits } from './span-limits.js';
export { unrecordedSpan } from './unrecorded-span.js';
