import type { Span, SpanContext, TraceState } from '@opentelemetry/api';
import { createSpanContext } from './span-ids.js';

/** A span of a trace that is not sampled: it carries its IDs, so that lines and outgoing calls have them, and records nothing. */
export class UnsampledSpan implements Span {
  private ids: SpanContext | undefined;

  constructor(
    readonly traceId: string,
    readonly traceFlags: number,
    readonly traceState: TraceState | undefined,
  ) {}

  spanContext(): SpanContext {
    // Drawn when somebody asks: most unsampled spans have neither a line nor an outgoing call.
    return (this.ids ??= createSpanContext(this.traceId, this.traceFlags, this.traceState));
  }

  isRecording(): boolean {
    return false;
  }

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  recordException(): void {}

  end(): void {}
}
