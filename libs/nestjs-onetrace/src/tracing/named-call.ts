import type { Span, SpanOptions } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';
import type { OngoingResult, SpanCall } from './results/span-call.js';
import { getTracer } from './tracer.js';

/** A call whose span has a given name, and says no more of itself. */
export class NamedCall implements SpanCall {
  constructor(
    private readonly name: string,
    private readonly options: SpanOptions,
  ) {}

  startSpan(): Span {
    return getTracer().startSpan(this.name, this.options);
  }
}

/** Attribute keys under which an outcome is written. */
export interface OutcomeKeys {
  readonly success: string;
  readonly resultType: string;
}

/** A call that also says how it went: success, kind of the result, whether its error passes. */
export class OutcomeCall extends NamedCall {
  constructor(
    name: string,
    options: SpanOptions,
    private readonly recoverable: (error: unknown) => boolean,
    private readonly keys: OutcomeKeys,
  ) {
    super(name, options);
  }

  succeeded(span: Span, value: unknown): void {
    span.setAttribute(this.keys.success, true);
    span.setAttribute(this.keys.resultType, value === null ? 'null' : typeof value);
  }

  completed(span: Span, result: OngoingResult): void {
    span.setAttribute(this.keys.success, true);
    span.setAttribute(this.keys.resultType, result);
  }

  failed(span: Span, error: unknown): void {
    span.setAttribute(this.keys.success, false);
    span.setAttribute(ATTR.errorRecoverable, this.recoverable(error));
  }
}
