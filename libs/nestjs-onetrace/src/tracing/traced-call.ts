import { types } from 'node:util';
import { context, INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api';
import type { Observable } from 'rxjs';
import { followGenerator, isGenerator } from './results/generator-result.js';
import { followObservable, rebuildableClass } from './results/observable-result.js';
import { deriveAsyncResult, followPromise, isPlainPromise } from './results/promise-result.js';
import { contextOf, endWithError, endWithValue, openSpan, type SpanCall } from './results/span-call.js';
import { followStream, isUnreadStream } from './results/stream-result.js';
import { followThenable, thenOf } from './results/thenable-result.js';
import { countFailure } from './safely.js';

const NO_ARGUMENTS: readonly unknown[] = [];

/**
 * Calls a function inside a span and ends the span exactly once, when the work is over: a synchronous value at once, a Promise
 * when it settles, an Observable once for each subscription, a generator when it returns or throws, a stream when it
 * was read, a lazy thenable when its consumer has it. A synchronous function stays synchronous; value and error arrive unchanged.
 */
export function callInSpan<T>(
  call: SpanCall,
  fn: (this: unknown, ...args: unknown[]) => T,
  thisArg: unknown,
  args: unknown[],
): T {
  const span = openSpan(call, args);
  return span === undefined ? Reflect.apply(fn, thisArg, args) : runInSpan(span, call, fn, thisArg, args);
}

/** The same for a function that is given the span; where the tracer fails, one that records nothing. */
export function inSpan<T>(call: SpanCall, fn: (span: Span) => T): T {
  const span = openSpan(call, NO_ARGUMENTS);
  if (span === undefined) return fn(trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
  return runInSpan(span, call, fn as (...args: unknown[]) => T, undefined, [span]);
}

function runInSpan<T>(
  span: Span,
  call: SpanCall,
  fn: (this: unknown, ...args: unknown[]) => T,
  thisArg: unknown,
  args: unknown[],
): T {
  let result: T;
  try {
    // Not with the receiver as `thisArg`: OpenTelemetry's context manager binds the function to it, anew for every call.
    result = context.with(contextOf(span), Reflect.apply<unknown, unknown[], T>, undefined, fn, thisArg, args);
  } catch (error) {
    endWithError(span, call, error);
    throw error;
  }
  if (typeof result !== 'object' || result === null) {
    endWithValue(span, call, result, args);
    return result;
  }
  return follow(result, span, call, fn, thisArg, args) as T;
}

function follow(
  result: object,
  span: Span,
  call: SpanCall,
  fn: (...args: never[]) => unknown,
  thisArg: unknown,
  args: readonly unknown[],
): object {
  try {
    if (isPlainPromise(result)) {
      return types.isAsyncFunction(fn)
        ? deriveAsyncResult(result, span, call, args)
        : followPromise(result, span, call, args);
    }
    if (isGenerator(result)) return followGenerator(result, span, call, args);
    if (isUnreadStream(result)) return followStream(result, span, call);
    const Base = rebuildableClass(result);
    if (Base !== undefined) return followObservable(result as Observable<unknown>, Base, span, call, args);
    const then = thenOf(result);
    if (then !== undefined) return followThenable(result, then, span, call, args, thisArg);
  } catch (error) {
    // A Proxy that does not let itself be looked at: handed back as it came.
    countFailure('call result', error);
  }
  endWithValue(span, call, result, args);
  return result;
}
