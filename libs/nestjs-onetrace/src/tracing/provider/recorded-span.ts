import {
  type Attributes,
  type AttributeValue,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import { SPAN_EVENTS } from '../../semantics/index.js';
import type { EndedSpan, EndedSpanEvent, SpanResource, SpanScope } from '../ended-span.js';
import { currentClockOffset } from './clock-offset.js';
import { exceptionAttributes } from './exception-attributes.js';
import { boundedAttributes, boundedValue, isAcceptable } from './span-attributes.js';
import type { SpanLimits } from './span-limits.js';
import { elapsed, isHrTime, isTimeInput, toHrTime } from './span-time.js';

/** What all spans of a tracer share. */
export interface SpanSurroundings {
  readonly resource: SpanResource;
  readonly scope: SpanScope;
  readonly limits: SpanLimits;
  /** Called once, when a span has ended. */
  readonly onEnd: (span: RecordedSpan) => void;
}

const UNSET: SpanStatus = Object.freeze({ code: SpanStatusCode.UNSET });
const NOT_ENDED: HrTime = [0, 0];
const NO_LINKS: Link[] = Object.freeze([]) as unknown as Link[];
const NO_EVENTS: EndedSpanEvent[] = Object.freeze([]) as unknown as EndedSpanEvent[];

/**
 * A span that is recorded, and after its end what exporters read. What only exporters need (times as pairs, duration)
 * is worked out when they ask: most of a span's life is the application's time.
 */
export class RecordedSpan implements Span, EndedSpan {
  readonly attributes: Attributes = {};
  readonly parentSpanContext?: SpanContext;
  links: Link[] = NO_LINKS;
  events: EndedSpanEvent[] = NO_EVENTS;
  status: SpanStatus = UNSET;
  ended = false;
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  /**
   * Epoch minus `performance.now()`, in milliseconds, as it was when the first span of this trace in this process
   * started: spans of a trace stay in order when the wall clock is set.
   */
  readonly clockOffset: number;

  private readonly startedAt = performance.now();
  private endedAt = 0;
  private givenStart: HrTime | undefined;
  private givenEnd: HrTime | undefined;
  private attributesCount = 0;

  constructor(
    private readonly surroundings: SpanSurroundings,
    private readonly ids: SpanContext,
    parentSpanContext: SpanContext | undefined,
    public name: string,
    readonly kind: SpanKind,
    clockOffset: number | undefined,
    startTime: TimeInput | undefined,
  ) {
    // Assigned also where there is none: all spans keep one shape.
    this.parentSpanContext = parentSpanContext as SpanContext;
    this.clockOffset = clockOffset ?? currentClockOffset(this.startedAt);
    this.givenStart = startTime === undefined ? undefined : this.readTime(startTime);
  }

  get resource(): SpanResource {
    return this.surroundings.resource;
  }

  get instrumentationScope(): SpanScope {
    return this.surroundings.scope;
  }

  get startTime(): HrTime {
    return this.givenStart ?? toHrTime(this.clockOffset + this.startedAt);
  }

  get endTime(): HrTime {
    if (!this.ended) return NOT_ENDED;
    return this.givenEnd ?? toHrTime(this.clockOffset + this.endedAt);
  }

  get duration(): HrTime {
    return this.ended ? elapsed(this.startTime, this.endTime) : [-1, -1];
  }

  spanContext(): SpanContext {
    return this.ids;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue | undefined): this {
    if (value === undefined || value === null || this.isOver() || !isAcceptable(key, value)) return this;
    const { attributes, surroundings } = this;
    if (!Object.hasOwn(attributes, key)) {
      if (this.attributesCount >= surroundings.limits.attributes) {
        this.droppedAttributesCount += 1;
        return this;
      }
      this.attributesCount += 1;
    }
    attributes[key] = typeof value === 'number' ? value : boundedValue(key, value, surroundings.limits);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) if (Object.hasOwn(attributes, key)) this.setAttribute(key, attributes[key]);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.isOver()) return this;
    const { limits } = this.surroundings;
    if (limits.events === 0) {
      this.droppedEventsCount += 1;
      return this;
    }
    if (this.events.length >= limits.events) {
      this.events.shift();
      this.droppedEventsCount += 1;
    }
    const timeFirst = isTimeInput(attributesOrTime);
    const bounded = boundedAttributes(timeFirst ? undefined : attributesOrTime, limits.attributesPerEvent, limits);
    if (this.events === NO_EVENTS) this.events = [];
    this.events.push({
      name,
      attributes: bounded.attributes,
      time: this.readTime(timeFirst && !isTimeInput(time) ? attributesOrTime : time),
      droppedAttributesCount: bounded.dropped,
    });
    return this;
  }

  addLink(link: Link): this {
    if (this.isOver()) return this;
    const { limits } = this.surroundings;
    if (limits.links === 0) {
      this.droppedLinksCount += 1;
      return this;
    }
    if (this.links.length >= limits.links) {
      this.links.shift();
      this.droppedLinksCount += 1;
    }
    const bounded = boundedAttributes(link.attributes, limits.attributesPerLink, limits);
    if (this.links === NO_LINKS) this.links = [];
    this.links.push({
      context: link.context,
      ...(bounded.count > 0 ? { attributes: bounded.attributes } : {}),
      ...(bounded.dropped > 0 ? { droppedAttributesCount: bounded.dropped } : {}),
    });
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus({ code, message }: SpanStatus): this {
    if (this.isOver() || code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this;
    this.status = code === SpanStatusCode.ERROR && typeof message === 'string' ? { code, message } : { code };
    return this;
  }

  updateName(name: string): this {
    if (!this.isOver()) this.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = exceptionAttributes(exception);
    if (attributes !== undefined) this.addEvent(SPAN_EVENTS.exception, attributes, time);
  }

  end(endTime?: TimeInput): void {
    if (this.isOver()) return;
    this.endedAt = performance.now();
    if (endTime !== undefined || this.givenStart !== undefined) {
      const end = this.readTime(endTime);
      const isBeforeStart = elapsed(this.startTime, end)[0] < 0;
      if (isBeforeStart) diag.warn(`Span "${this.name}" ends before it starts; its duration is set to 0`);
      this.givenEnd = isBeforeStart ? this.startTime : end;
    }
    this.ended = true;
    this.surroundings.onEnd(this);
  }

  private isOver(): boolean {
    if (this.ended) {
      diag.warn(
        `Span "${this.name}" ${this.ids.traceId}-${this.ids.spanId} has ended; what is done to it has no effect`,
      );
    }
    return this.ended;
  }

  private readTime(time: TimeInput | undefined): HrTime {
    if (isHrTime(time)) return time;
    if (time instanceof Date) return toHrTime(time.getTime());
    const now = performance.now();
    // A number below is a reading of `performance.now()`: no epoch is that small.
    if (typeof time === 'number') return toHrTime(time <= now ? time + this.clockOffset : time);
    // Beside a start that came from the wall clock only the wall clock tells how long it took.
    return toHrTime(this.givenStart === undefined ? this.clockOffset + now : Date.now());
  }
}
