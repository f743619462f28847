import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

const VALUE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const SPAN_CONTEXT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

/** Reading and writing `traceparent`, against OpenTelemetry's propagator, which reads and writes contexts. */
export default {
  parse: {
    onetrace: () => () => parseTraceparent(VALUE),
    opentelemetry: () => {
      const propagator = new W3CTraceContextPropagator();
      const carrier = { traceparent: VALUE };
      return () => propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
    },
  },
  format: {
    onetrace: () => () => formatTraceparent(SPAN_CONTEXT),
    opentelemetry: () => {
      const propagator = new W3CTraceContextPropagator();
      const active = trace.setSpanContext(ROOT_CONTEXT, SPAN_CONTEXT);
      return () => propagator.inject(active, {}, defaultTextMapSetter);
    },
  },
};
