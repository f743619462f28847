import type { EndedSpan } from '../tracing/index.js';

/** A span that has ended, as it would leave the process: OpenTelemetry's shape, and what tests ask for most beside it. */
export interface CollectedSpan extends EndedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent on the first span of a trace. */
  readonly parentSpanId?: string;
  /** Milliseconds since the epoch. */
  readonly startTimeMs: number;
  readonly durationMs: number;
}

/** Writes down what an ended span says. */
export function toCollectedSpan(span: EndedSpan): CollectedSpan {
  const ids = span.spanContext();
  const parent = span.parentSpanContext;
  return {
    name: span.name,
    kind: span.kind,
    traceId: ids.traceId,
    spanId: ids.spanId,
    ...(parent === undefined ? {} : { parentSpanContext: parent, parentSpanId: parent.spanId }),
    spanContext: () => ids,
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    startTimeMs: milliseconds(span.startTime),
    durationMs: milliseconds(span.duration),
    status: span.status,
    attributes: span.attributes,
    events: span.events,
    links: span.links,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

function milliseconds([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1000 + nanoseconds / 1e6;
}
