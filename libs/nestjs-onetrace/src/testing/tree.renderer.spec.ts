import { expect, it } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { childrenOf, collectTelemetry, findSpan, renderSpans } from './index.js';

it('shows spans as a tree in the order of their starts', async () => {
  const telemetry = collectTelemetry();
  try {
    const tracer = trace.getTracer('mine');
    const start = 1_800_000_000_000;
    const root = tracer.startSpan('GET /a', { kind: SpanKind.SERVER, startTime: start });
    const inside = trace.setSpan(ROOT_CONTEXT, root);
    tracer.startSpan('second', { startTime: start + 20 }, inside).end(start + 30);
    const first = tracer.startSpan('first', { startTime: start + 10 }, inside);
    first.setStatus({ code: SpanStatusCode.ERROR, message: 'no' });
    tracer.startSpan('deep', { startTime: start + 11 }, trace.setSpan(ROOT_CONTEXT, first)).end(start + 12);
    first.end(start + 15.5);
    root.end(start + 100);

    const spans = telemetry.spans();
    expect(renderSpans(spans).split('\n')).toEqual([
      `trace ${root.spanContext().traceId}`,
      'GET /a  SERVER  100.0 ms',
      '  first  INTERNAL  5.5 ms  ERROR no',
      '    deep  INTERNAL  1.0 ms',
      '  second  INTERNAL  10.0 ms',
    ]);
    expect(childrenOf(spans, findSpan(spans, 'GET /a')).map((span) => span.name)).toEqual(['first', 'second']);
  } finally {
    await telemetry.stop();
  }
});
