/** A value of an attribute, as JSON can hold it. Integers beyond 2^53 and bytes come as strings. */
export type AttributeValue = string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue };

/** Attributes by their names. */
export type Attributes = Record<string, AttributeValue>;

/** Span kinds of OpenTelemetry; what a sender left out is `internal`. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Something that happened at one moment of a span, for example a recorded exception. */
export interface SpanEvent {
  name: string;
  /** Milliseconds since the epoch, with microseconds as fraction. */
  timeMs: number;
  attributes: Attributes;
}

/** A reference to a span of this or another trace that is not the parent. */
export interface SpanLink {
  traceId: string;
  spanId: string;
  attributes: Attributes;
}

/** A finished span as it was received over OTLP. Times are milliseconds since the epoch, with microseconds as fraction. */
export interface Span {
  /** 32 lower-case hex characters. */
  traceId: string;
  /** 16 lower-case hex characters. */
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: SpanKind;
  startMs: number;
  endMs: number;
  status: 'unset' | 'ok' | 'error';
  statusMessage?: string;
  attributes: Attributes;
  events: SpanEvent[];
  links: SpanLink[];
  /** Attributes of the process that made the span, `service.name` among them. */
  resource: Attributes;
  /** Name of the instrumentation scope. */
  scope?: string;
  /** How often it was delivered; above 1 a sender repeated itself. */
  deliveries?: number;
}
