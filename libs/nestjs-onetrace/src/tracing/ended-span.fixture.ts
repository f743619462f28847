import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { EndedSpan } from './ended-span.js';
import { knownResource } from './export/opentelemetry.js';

const RESOURCE = knownResource({ 'service.name': 'fixture' });
const SCOPE = { name: 'fixture' };

/** A sampled span of one millisecond, with what a test wants to be different. */
export function endedSpan(parts: Partial<EndedSpan> = {}): EndedSpan {
  const spanContext = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
  };
  return {
    name: 'step',
    kind: SpanKind.INTERNAL,
    spanContext: () => spanContext,
    startTime: [1_795_000_000, 0],
    endTime: [1_795_000_000, 1_000_000],
    status: { code: SpanStatusCode.UNSET },
    attributes: {},
    links: [],
    events: [],
    duration: [0, 1_000_000],
    ended: true,
    resource: RESOURCE,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...parts,
  };
}
