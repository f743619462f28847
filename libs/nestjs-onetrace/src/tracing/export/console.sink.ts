import type { EndedSpan } from '../ended-span.js';
import { safely } from '../safely.js';
import { settled } from './settled-resource.js';
import type { SpanSink } from './span-exporter.js';

/** Prints every span as it ends, in the form of OpenTelemetry's console exporter: for a first look. */
export class ConsoleSink implements SpanSink {
  constructor(private readonly prepare: (span: EndedSpan) => EndedSpan) {}

  onEnd(span: EndedSpan): void {
    const print = (): void => {
      safely('console export', () => console.dir(printed(this.prepare(span)), { depth: 3 }));
    };
    if (span.resource.asyncAttributesPending === true) void settled(span.resource).then(print);
    else print();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

function printed(span: EndedSpan): Record<string, unknown> {
  const { traceId, spanId, traceState } = span.spanContext();
  return {
    resource: { attributes: span.resource.attributes },
    instrumentationScope: span.instrumentationScope,
    traceId,
    parentSpanContext: span.parentSpanContext,
    traceState: traceState?.serialize(),
    name: span.name,
    id: spanId,
    kind: span.kind,
    timestamp: microseconds(span.startTime),
    duration: microseconds(span.duration),
    attributes: span.attributes,
    status: span.status,
    events: span.events,
    links: span.links,
  };
}

function microseconds([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1e6 + nanoseconds / 1e3;
}
