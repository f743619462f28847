import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { extractTrace, injectTrace } from './trace-carrier.js';

const CARRIERS = Array.from({ length: 64 }, (_, index) => {
  const spanId = (0xb7ad6b7169203331n ^ BigInt(index)).toString(16);
  return {
    bare: { traceparent: `00-0af7651916cd43dd8448eb211c80319c-${spanId}-01` },
    full: {
      traceparent: `00-0af7651916cd43dd8448eb211c80319c-${spanId}-01`,
      tracestate: `rojo=00f067aa0ba902b7,congo=t61rcWkgMzE`,
      baggage: `client_id=dept-${index},pipeline_id=text-embedding,tenant_id=t1`,
    },
    none: { host: `h${index}` },
  };
});
type Kind = keyof (typeof CARRIERS)[number];

const propagator = (): CompositePropagator =>
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] });

/** Goes through the values, so that the compiler cannot settle on one. */
function cycle<T, R>(values: readonly T[], operation: (value: T) => R): () => R {
  let next = 0;
  return () => operation(values[(next = (next + 1) & 63)] as T);
}

function extract(kind: Kind) {
  const carriers = CARRIERS.map((carrier): Record<string, string> => carrier[kind]);
  return {
    onetrace: () => cycle(carriers, (carrier) => extractTrace(carrier)),
    opentelemetry: () => {
      const theirs = propagator();
      return cycle(carriers, (carrier) => theirs.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter));
    },
  };
}

function inject(kind: Kind) {
  const carriers = CARRIERS.map((carrier): Record<string, string> => carrier[kind]);
  return {
    onetrace: () =>
      cycle(
        carriers.map((carrier) => extractTrace(carrier)),
        (ctx) => {
          const sent: Record<string, string> = {};
          injectTrace(ctx, sent);
          return Buffer.byteLength(sent['traceparent'] ?? '');
        },
      ),
    opentelemetry: () => {
      const theirs = propagator();
      return cycle(
        carriers.map((carrier) => theirs.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter)),
        (ctx) => {
          const sent: Record<string, string> = {};
          theirs.inject(ctx, sent, defaultTextMapSetter);
          return Buffer.byteLength(sent['traceparent'] ?? '');
        },
      );
    },
  };
}

/** Headers into a context and back, against OpenTelemetry's W3C propagators for trace context and baggage together. */
export default {
  'extract traceparent': extract('bare'),
  'extract traceparent, tracestate, baggage': extract('full'),
  'extract nothing': extract('none'),
  'inject traceparent': inject('bare'),
  'inject traceparent, tracestate, baggage': inject('full'),
};
