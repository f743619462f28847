import { spanIdFrom, traceIdFrom } from '../telemetry/identifiers.js';
import type { Attributes, Span, SpanEvent, SpanKind, SpanLink } from '../telemetry/span.js';
import { objectFrom, objectsFrom, readAttributes, readNanoseconds } from './attribute.reader.js';

/** What a request held: the usable part, and how much was refused and why (OTLP's partial success). */
export interface ReadResult<Item> {
  items: Item[];
  rejected: number;
  reason?: string;
}

const KINDS: SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const KIND_PREFIX = 'SPAN_KIND_';

/** Spans of an ExportTraceServiceRequest, in the shape of its JSON encoding. */
export function readTraces(request: Record<string, unknown>): ReadResult<Span> {
  const result: ReadResult<Span> = { items: [], rejected: 0 };
  for (const resourceSpans of objectsFrom(request['resourceSpans'])) {
    const resource = readAttributes(objectFrom(resourceSpans['resource'])?.['attributes']);
    for (const scopeSpans of objectsFrom(resourceSpans['scopeSpans'])) {
      const scope = objectFrom(scopeSpans['scope'])?.['name'];
      for (const raw of objectsFrom(scopeSpans['spans'])) {
        const span = readSpan(raw, resource, typeof scope === 'string' ? scope : undefined);
        if (typeof span !== 'string') result.items.push(span);
        else {
          result.rejected += 1;
          result.reason ??= span;
        }
      }
    }
  }
  return result;
}

/** The span, or the reason why it is refused. */
function readSpan(raw: Record<string, unknown>, resource: Attributes, scope: string | undefined): Span | string {
  const traceId = traceIdFrom(raw['traceId']);
  if (traceId === undefined) return `traceId ${shown(raw['traceId'])} is not 32 hex characters`;
  const spanId = spanIdFrom(raw['spanId']);
  if (spanId === undefined) return `spanId ${shown(raw['spanId'])} is not 16 hex characters`;
  const startMs = readNanoseconds(raw['startTimeUnixNano']);
  if (startMs === undefined) return `startTimeUnixNano ${shown(raw['startTimeUnixNano'])} of span ${spanId} is no time`;
  const parentSpanId = spanIdFrom(raw['parentSpanId']);
  const status = objectFrom(raw['status']) ?? {};
  const statusMessage = status['message'];
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: typeof raw['name'] === 'string' ? raw['name'] : '',
    kind: readKind(raw['kind']),
    startMs,
    // A span cannot end before it starts; senders whose clock stepped back say so all the same.
    endMs: Math.max(startMs, readNanoseconds(raw['endTimeUnixNano']) ?? startMs),
    status: readStatus(status['code']),
    ...(typeof statusMessage === 'string' && statusMessage !== '' && { statusMessage }),
    attributes: readAttributes(raw['attributes']),
    events: objectsFrom(raw['events']).map((event) => readEvent(event, startMs)),
    links: objectsFrom(raw['links'])
      .map(readLink)
      .filter((link) => link !== undefined),
    resource,
    ...(scope !== undefined && scope !== '' && { scope }),
  };
}

function readEvent(raw: Record<string, unknown>, startMs: number): SpanEvent {
  return {
    name: typeof raw['name'] === 'string' ? raw['name'] : '',
    timeMs: readNanoseconds(raw['timeUnixNano']) ?? startMs,
    attributes: readAttributes(raw['attributes']),
  };
}

function readLink(raw: Record<string, unknown>): SpanLink | undefined {
  const traceId = traceIdFrom(raw['traceId']);
  const spanId = spanIdFrom(raw['spanId']);
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, attributes: readAttributes(raw['attributes']) };
}

/** Enums are numbers in OTLP/JSON; some senders write their names. */
function readKind(kind: unknown): SpanKind {
  if (typeof kind === 'number') return KINDS[kind] ?? 'internal';
  if (typeof kind !== 'string' || !kind.startsWith(KIND_PREFIX)) return 'internal';
  const name = kind.slice(KIND_PREFIX.length).toLowerCase();
  return KINDS.find((known) => known === name) ?? 'internal';
}

function readStatus(code: unknown): Span['status'] {
  if (code === 2 || code === 'STATUS_CODE_ERROR') return 'error';
  return code === 1 || code === 'STATUS_CODE_OK' ? 'ok' : 'unset';
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? 'undefined';
}
