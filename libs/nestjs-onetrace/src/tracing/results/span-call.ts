import { type Context, context, type Span, type TimeInput } from '@opentelemetry/api';
import { withSpan } from '../../context/index.js';
import { recordFailure } from '../failure.js';
import { countFailure } from '../safely.js';

/** What a call hands back when its result is not a value but work that goes on: kept as `method.result_type`. */
export type OngoingResult = 'Observable' | 'Generator' | 'AsyncGenerator' | 'Readable' | 'Thenable';

/** How the spans of one method, or of one piece of work, are made and what is written on them. `args` are the call's. */
export interface SpanCall {
  startSpan(args: readonly unknown[]): Span;
  /** Writes what is known when a value came back, before the span ends. Only called while the span is recorded. */
  succeeded?(span: Span, value: unknown, args: readonly unknown[]): void;
  /** The same for work that has no one value: an Observable that completed, a generator that was read to its end. */
  completed?(span: Span, result: OngoingResult): void;
  /** Writes what is known when something was thrown, before the span ends. Only called while the span is recorded. */
  failed?(span: Span, error: unknown): void;
}

/** Starts the span of a call; `undefined` when the tracer fails, and then the call goes on without one. */
export function openSpan(call: SpanCall, args: readonly unknown[]): Span | undefined {
  try {
    return call.startSpan(args);
  } catch (error) {
    countFailure('span start', error);
    return undefined;
  }
}

/** The active context with this span in it. */
export function contextOf(span: Span): Context {
  return withSpan(context.active(), span);
}

/** Ends the span of a call that handed a value back. */
export function endWithValue(span: Span, call: SpanCall, value: unknown, args: readonly unknown[]): void {
  // Not recorded, or ended by the function that was given the span: there is nothing to end.
  if (!span.isRecording()) return;
  try {
    call.succeeded?.(span, value, args);
  } catch (error) {
    countFailure('call description', error);
  }
  end(span);
}

/** Ends the span of work that was done to its end; `endTime` where that was earlier than now. */
export function endCompleted(span: Span, call: SpanCall, result: OngoingResult, endTime?: TimeInput): void {
  if (!span.isRecording()) return;
  try {
    call.completed?.(span, result);
  } catch (error) {
    countFailure('call description', error);
  }
  end(span, endTime);
}

/** Ends the span of a call that threw, whatever it was. */
export function endWithError(span: Span, call: SpanCall, error: unknown): void {
  if (!span.isRecording()) return;
  try {
    call.failed?.(span, error);
  } catch (failure) {
    countFailure('call description', failure);
  }
  recordFailure(span, error);
  end(span);
}

/** Ends the span of work that its consumer gave up: neither success nor failure. */
export function endAbandoned(span: Span, endTime?: TimeInput): void {
  if (span.isRecording()) end(span, endTime);
}

function end(span: Span, endTime?: TimeInput): void {
  try {
    span.end(endTime);
  } catch (error) {
    countFailure('span end', error);
  }
}
