import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import { isTracingSuppressed, spanOf, withSpan } from '../../context/index.js';
import type { SpanScope } from '../ended-span.js';
import { createTraceId } from './id-generator.js';
import { RecordedSpan, type SpanSurroundings } from './recorded-span.js';
import type { Sampler } from './sampler.js';
import { createSpanContext } from './span-ids.js';
import { UnsampledSpan } from './unsampled-span.js';

/** Says that the trace ID is random (W3C Trace Context level 2); a child keeps what its parent says. */
const RANDOM_TRACE_ID = 0x02;
const NO_OPTIONS: SpanOptions = {};

/** What a tracer needs beside what its spans share. */
export interface TracerSurroundings extends SpanSurroundings {
  readonly sampler: Sampler;
  readonly onStart: (span: RecordedSpan, parentContext: Context) => void;
}

/** Makes spans, as OpenTelemetry's API and specification say. */
export class OnetraceTracer implements Tracer {
  /** Who makes these spans. */
  readonly scope: SpanScope;

  constructor(private readonly surroundings: TracerSurroundings) {
    this.scope = surroundings.scope;
  }

  startSpan(name: string, options: SpanOptions = NO_OPTIONS, parentContext: Context = context.active()): Span {
    if (isTracingSuppressed(parentContext)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const parentSpan = options.root ? undefined : spanOf(parentContext);
    const { sampler } = this.surroundings;
    if (parentSpan instanceof UnsampledSpan && !sampler.isSampled(parentSpan.traceId, parentSpan)) {
      return new UnsampledSpan(parentSpan.traceId, parentSpan.traceFlags, parentSpan.traceState);
    }
    const parent = validContext(parentSpan);
    const traceId = parent === undefined ? createTraceId() : parent.traceId;
    const randomness = parent === undefined ? RANDOM_TRACE_ID : parent.traceFlags & RANDOM_TRACE_ID;
    if (!sampler.isSampled(traceId, parent)) return new UnsampledSpan(traceId, randomness, parent?.traceState);
    const span = new RecordedSpan(
      this.surroundings,
      createSpanContext(traceId, TraceFlags.SAMPLED | randomness, parent?.traceState),
      parent,
      name,
      options.kind ?? SpanKind.INTERNAL,
      parentSpan instanceof RecordedSpan ? parentSpan.clockOffset : undefined,
      options.startTime,
    );
    if (options.links !== undefined) span.addLinks(options.links);
    if (options.attributes !== undefined) span.setAttributes(options.attributes);
    this.surroundings.onStart(span, parentContext);
    return span;
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(name: string, options: SpanOptions, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    parentContext: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const fn = rest[rest.length - 1] as (span: Span) => ReturnType<F>;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : undefined;
    const parentContext = rest.length > 2 ? (rest[1] as Context | undefined) : undefined;
    const ctx = parentContext ?? context.active();
    const span = this.startSpan(name, options, ctx);
    return context.with(withSpan(ctx, span), fn, undefined, span);
  }
}

function validContext(span: Span | undefined): SpanContext | undefined {
  if (span === undefined) return undefined;
  const spanContext = span.spanContext();
  return span instanceof RecordedSpan || isSpanContextValid(spanContext) ? spanContext : undefined;
}
