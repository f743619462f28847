import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { SpanContext } from '@opentelemetry/api';
import { ATTR, COMPONENTS, HEADERS, SPAN_NAMES } from '../semantics/index.js';
import { exportFinishedSpan } from '../tracing/index.js';

const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
/** Seconds since the epoch with milliseconds, as nginx's `$msec` writes it. */
const EPOCH_SECONDS = /^\d{1,12}\.\d{3}$/;
/** An edge that took the request longer ago than this has a wrong clock, in milliseconds. */
const OLDEST_EDGE_START_MS = 24 * 60 * 60 * 1000;

/** What a trusted edge proxy said about its part of a request. */
export interface EdgeVisit {
  readonly startTimeMs: number;
  /** Span ID of the edge's own caller, if that one was trusted. */
  readonly parentSpanId: string | undefined;
  /** Trace and span ID that the edge put into `traceparent`. */
  readonly spanContext: SpanContext;
}

/** Reads the edge's headers; `undefined` when the request did not come through an edge that sends them. */
export function readEdgeVisit(
  headers: Readonly<Record<string, unknown>>,
  spanContext: SpanContext,
  nowMs: number,
): EdgeVisit | undefined {
  const start = headers[HEADERS.edgeStart];
  if (typeof start !== 'string' || !EPOCH_SECONDS.test(start)) return undefined;
  const startTimeMs = Math.round(Number(start) * 1000);
  if (startTimeMs < nowMs - OLDEST_EDGE_START_MS) return undefined;
  const parent = headers[HEADERS.edgeParent];
  return {
    // A clock that runs ahead would give the edge a negative duration.
    startTimeMs: Math.min(startTimeMs, nowMs),
    parentSpanId: typeof parent === 'string' && SPAN_ID.test(parent) ? parent : undefined,
    spanContext,
  };
}

/** Exports the edge's span under the ID that it sent on, so that the first span of the application has its parent. */
export function exportEdgeSpan(
  visit: EdgeVisit,
  request: {
    readonly method: string;
    readonly target: string;
    readonly status: number | undefined;
    readonly endTimeMs: number;
  },
): void {
  exportFinishedSpan({
    traceId: visit.spanContext.traceId,
    spanId: visit.spanContext.spanId,
    parentSpanId: visit.parentSpanId,
    name: SPAN_NAMES.edge(request.method, request.target),
    kind: SpanKind.SERVER,
    startTimeMs: visit.startTimeMs,
    endTimeMs: request.endTimeMs,
    attributes: {
      [ATTR.httpRequestMethod]: request.method,
      ...(request.status === undefined ? {} : { [ATTR.httpResponseStatusCode]: request.status }),
    },
    ...(request.status !== undefined && request.status >= 500 ? { status: { code: SpanStatusCode.ERROR } } : {}),
    sampled: (visit.spanContext.traceFlags & 1) === 1,
    traceState: visit.spanContext.traceState?.serialize(),
    component: COMPONENTS.nginx,
    service: COMPONENTS.nginx,
  });
}
