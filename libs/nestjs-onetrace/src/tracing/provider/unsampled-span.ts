import type { Span, SpanContext } from '@opentelemetry/api';

/** A span of a trace that is not sampled: it carries its IDs, so that lines and outgoing calls have them, and records nothing. */
export class UnsampledSpan implements Span {
  constructor(private readonly ids: SpanContext) {}

  spanContext(): SpanContext {
    return this.ids;
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
