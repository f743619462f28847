import type { Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { EndedSpan, EndedSpanEvent } from '../ended-span.js';
import { writeAttributes } from './otlp-attributes.js';
import type { ProtobufWriter } from './protobuf-writer.js';

// Fields of opentelemetry/proto/trace/v1/trace.proto with their wire types, as tags.
const SPAN = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  startTime: 0x39,
  endTime: 0x41,
  attributes: 0x4a,
  droppedAttributes: 0x50,
  events: 0x5a,
  droppedEvents: 0x60,
  links: 0x6a,
  droppedLinks: 0x70,
  status: 0x7a,
  /** Beyond 15: two bytes, as a varint. */
  flags: 0x85,
} as const;
const EVENT = { time: 0x09, name: 0x12, attributes: 0x1a, droppedAttributes: 0x20 } as const;
const LINK = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  attributes: 0x22,
  droppedAttributes: 0x28,
  flags: 0x35,
} as const;
const STATUS = { message: 0x12, code: 0x18 } as const;

const TRACE_FLAGS = 0xff;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;
/** Bytes of a span's length: nearly every span is of 128 to 16383 bytes. */
const RESERVED = 2;

/** Writes a span as `Span`, with its length. @throws what reading the span throws. */
export function writeSpan(writer: ProtobufWriter, span: EndedSpan): void {
  const start = writer.open(RESERVED);
  const spanContext = span.spanContext();
  const parent = span.parentSpanContext;
  writeIds(writer, spanContext);
  if (parent?.spanId) {
    writer.byte(SPAN.parentSpanId);
    writer.hex(parent.spanId);
  }
  writer.byte(SPAN.name);
  writer.text(span.name);
  writeKind(writer, span.kind);
  writer.byte(SPAN.startTime);
  writer.time(span.startTime);
  writer.byte(SPAN.endTime);
  writer.time(span.endTime);
  writeAttributes(writer, SPAN.attributes, span.attributes);
  writeCount(writer, SPAN.droppedAttributes, span.droppedAttributesCount);
  for (const event of span.events) {
    writer.byte(SPAN.events);
    writeEvent(writer, event);
  }
  writeCount(writer, SPAN.droppedEvents, span.droppedEventsCount);
  for (const link of span.links) {
    writer.byte(SPAN.links);
    writeLink(writer, link);
  }
  writeCount(writer, SPAN.droppedLinks, span.droppedLinksCount);
  writer.byte(SPAN.status);
  writeStatus(writer, span.status);
  writer.byte(SPAN.flags);
  writer.byte(1);
  writer.fixed32(flags(spanContext, parent));
  writer.close(start, RESERVED);
}

/** Trace, span and trace state have the same fields in a span and in a link. */
function writeIds(writer: ProtobufWriter, { traceId, spanId, traceState }: SpanContext): void {
  writer.byte(SPAN.traceId);
  writer.hex(traceId);
  writer.byte(SPAN.spanId);
  writer.hex(spanId);
  const state = traceState?.serialize();
  if (!state) return;
  writer.byte(SPAN.traceState);
  writer.text(state);
}

/** OTLP counts kinds from 1: its 0 says that there is none. */
function writeKind(writer: ProtobufWriter, kind: number | null | undefined): void {
  const counted = kind === null || kind === undefined ? 0 : kind + 1;
  if (counted !== 0) writeCount(writer, SPAN.kind, counted);
}

function writeCount(writer: ProtobufWriter, tag: number, count: number | undefined): void {
  writer.byte(tag);
  writer.varint(count ?? 0);
}

function writeEvent(writer: ProtobufWriter, event: EndedSpanEvent): void {
  const start = writer.open();
  writer.byte(EVENT.time);
  writer.time(event.time);
  writer.byte(EVENT.name);
  writer.text(event.name);
  if (event.attributes !== undefined) writeAttributes(writer, EVENT.attributes, event.attributes);
  writeCount(writer, EVENT.droppedAttributes, event.droppedAttributesCount);
  writer.close(start);
}

function writeLink(writer: ProtobufWriter, link: Link): void {
  const start = writer.open();
  writeIds(writer, link.context);
  if (link.attributes !== undefined) writeAttributes(writer, LINK.attributes, link.attributes);
  writeCount(writer, LINK.droppedAttributes, link.droppedAttributesCount);
  writer.byte(LINK.flags);
  writer.fixed32(flags(link.context, link.context));
  writer.close(start);
}

function writeStatus(writer: ProtobufWriter, { code, message }: SpanStatus): void {
  const start = writer.open();
  if (message) {
    writer.byte(STATUS.message);
    writer.text(message);
  }
  writeCount(writer, STATUS.code, code);
  writer.close(start);
}

/** The W3C flags of a span, and whether its parent, or what it links to, came from another process. */
function flags({ traceFlags }: SpanContext, whence: SpanContext | undefined): number {
  return (traceFlags & TRACE_FLAGS) | HAS_IS_REMOTE | (whence?.isRemote ? IS_REMOTE : 0);
}
