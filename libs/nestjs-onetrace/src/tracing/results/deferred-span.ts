import { setImmediate } from 'node:timers';
import type { Span } from '@opentelemetry/api';
import { endCompleted, type OngoingResult, openSpan, type SpanCall } from './span-call.js';

/**
 * The span of a call whose result does its work only when it is consumed: an Observable, a generator, a lazy thenable.
 * A consumption in the same turn of the event loop continues the span of the call. Where none comes, that span ends with the
 * moment in which the method returned, so that it never dangles, and a later consumption is measured by a span of its own.
 */
export class DeferredSpan {
  private waiting: Span | undefined;
  private readonly returnedAt: number | undefined;

  constructor(
    span: Span,
    readonly call: SpanCall,
    private readonly args: readonly unknown[],
    readonly result: OngoingResult,
  ) {
    this.waiting = span;
    if (!span.isRecording()) return;
    this.returnedAt = performance.now();
    if (!isScheduled) setImmediate(releaseReturned);
    isScheduled = true;
    returned.add(this);
  }

  /** The span of one consumption; `undefined` when tracing fails, and then the consumption goes on without one. */
  claim(): Span | undefined {
    const span = this.waiting ?? openSpan(this.call, this.args);
    this.waiting = undefined;
    returned.delete(this);
    return span;
  }

  /** Ends the span of the call where nobody has claimed it. */
  release(): void {
    if (this.waiting !== undefined) endCompleted(this.waiting, this.call, this.result, this.returnedAt);
    this.waiting = undefined;
  }
}

/** Calls of this turn of the event loop that nobody has claimed yet: one timer serves them all. */
const returned = new Set<DeferredSpan>();
let isScheduled = false;

function releaseReturned(): void {
  isScheduled = false;
  for (const call of returned) call.release();
  returned.clear();
}
