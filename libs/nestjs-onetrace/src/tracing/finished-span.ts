import {
  type Attributes,
  createTraceState,
  type Link,
  type SpanContext,
  type SpanKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';
import type { EndedSpan, SpanResource } from './ended-span.js';
import { knownResource } from './export/opentelemetry.js';
import { toHrTime } from './provider/span-time.js';
import { resourceOf } from './resource.js';
import { safely } from './safely.js';
import { SCOPE } from './instrumentation-scope.js';
import { spanOutlet } from './tracing-runtime.js';

/**
 * A span that was measured where no tracer runs (the edge proxy, a workflow isolate) and whose ID is already known.
 * Times are milliseconds since the epoch.
 */
export interface FinishedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly attributes: Attributes;
  readonly status?: { readonly code: SpanStatusCode; readonly message?: string };
  readonly events?: readonly { readonly name: string; readonly timeMs: number; readonly attributes?: Attributes }[];
  readonly links?: readonly Link[];
  /** Only sampled spans are exported. */
  readonly sampled: boolean;
  readonly traceState?: string | undefined;
  /** Component of the chain, where it is not this process's. */
  readonly component?: string;
  /** Service the span belongs to, where it is not this process's. */
  readonly service?: string;
}

/**
 * Exports a span under the ID it already has, which a tracer cannot do: through our pipeline, or through that of the
 * application's own provider. Never throws.
 */
export function exportFinishedSpan(span: FinishedSpan): void {
  if (!span.sampled) return;
  safely('exportFinishedSpan', () => {
    const outlet = spanOutlet();
    outlet?.onEnd(toEndedSpan(span, outlet.resource ?? UNKNOWN));
  });
}

const UNKNOWN = knownResource({});

function toEndedSpan(span: FinishedSpan, resource: SpanResource): EndedSpan {
  const shared = {
    traceId: span.traceId,
    traceFlags: TraceFlags.SAMPLED,
    ...(span.traceState === undefined ? {} : { traceState: createTraceState(span.traceState) }),
  };
  const spanContext: SpanContext = { ...shared, spanId: span.spanId };
  const startTime = toHrTime(span.startTimeMs);
  const endTime = toHrTime(Math.max(span.startTimeMs, span.endTimeMs));
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => spanContext,
    ...(span.parentSpanId === undefined ? {} : { parentSpanContext: { ...shared, spanId: span.parentSpanId } }),
    startTime,
    endTime,
    duration: toHrTime(Math.max(0, span.endTimeMs - span.startTimeMs)),
    status: span.status ?? { code: SpanStatusCode.UNSET },
    attributes:
      span.component === undefined ? span.attributes : { ...span.attributes, [ATTR.component]: span.component },
    links: [...(span.links ?? [])],
    events: (span.events ?? []).map((event) => ({
      name: event.name,
      time: toHrTime(event.timeMs),
      ...(event.attributes === undefined ? {} : { attributes: event.attributes }),
    })),
    ended: true,
    resource:
      span.service === undefined ? resource : resourceOf(span.service, span.component ?? span.service, resource),
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
