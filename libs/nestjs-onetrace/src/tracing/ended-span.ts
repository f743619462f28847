import type { Attributes, AttributeValue, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';

/**
 * A span that has ended, as exporters read it: OpenTelemetry's `ReadableSpan` (SDK 2 and SDK 3 have the same), written
 * out here so that no public type needs an SDK to be installed.
 */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: Link[];
  readonly events: EndedSpanEvent[];
  readonly duration: HrTime;
  readonly ended: boolean;
  readonly resource: SpanResource;
  readonly instrumentationScope: SpanScope;
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

/** An event of a span that has ended. */
export interface EndedSpanEvent {
  time: HrTime;
  name: string;
  attributes?: Attributes;
  droppedAttributesCount?: number;
}

/** Who made a span: name and version of the instrumentation. */
export interface SpanScope {
  readonly name: string;
  readonly version?: string;
  readonly schemaUrl?: string;
}

/** What a span says about its process; OpenTelemetry's `Resource`. */
export interface SpanResource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string;
  /** True while a detector has not answered yet. */
  readonly asyncAttributesPending?: boolean;
  waitForAsyncAttributes?(): Promise<void>;
  merge(other: SpanResource | null): SpanResource;
  getRawAttributes(): [string, AttributeValue | Promise<AttributeValue | undefined> | undefined][];
}
