import { parseTraceParent } from '@opentelemetry/core';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

const SPAN_CONTEXTS = Array.from({ length: 64 }, (_, index) => ({
  traceId: (0x0af7651916cd43ddn * BigInt(index + 1) * 0x8448eb211c80319cn).toString(16).padStart(32, '0').slice(-32),
  spanId: (0xb7ad6b7169203331n ^ BigInt(index)).toString(16),
  traceFlags: index & 1,
}));
const VALUES = SPAN_CONTEXTS.map(formatTraceparent);

/** Goes through the values, so that the compiler cannot settle on one. */
function cycle<T, R>(values: readonly T[], operation: (value: T) => R): () => R {
  let next = 0;
  return () => operation(values[(next = (next + 1) & 63)] as T);
}

/** Reading `traceparent`, against the parser of OpenTelemetry's propagator, and writing it. */
export default {
  parse: {
    onetrace: () => cycle(VALUES, parseTraceparent),
    opentelemetry: () => cycle(VALUES, parseTraceParent),
  },
  format: {
    onetrace: () => cycle(SPAN_CONTEXTS, (context) => Buffer.byteLength(formatTraceparent(context))),
  },
};
