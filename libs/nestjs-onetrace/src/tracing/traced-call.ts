import { context, type Span, trace } from '@opentelemetry/api';
import { isObservable, Observable } from 'rxjs';
import { recordFailure } from './failure.js';
import { safely } from './safely.js';

/** What is written on a span when its call ends. */
export interface CallObserver {
  /** Called with the value (of an Observable: without one) of a call that succeeded, before the span ends. */
  succeeded?(span: Span, value: unknown): void;
  /** Called with what was thrown, before the span ends. */
  failed?(span: Span, error: unknown): void;
}

/**
 * Runs a function inside a span and ends the span exactly once, when the work is over: a synchronous value at once,
 * a Promise when it settles, an Observable once for each subscription. A synchronous function stays synchronous, the
 * value and the error pass through untouched. A thenable that is no Promise is not started.
 */
export function callInSpan<T>(startSpan: () => Span, fn: (span: Span) => T, observer: CallObserver = {}): T {
  const span = startSpan();
  const active = trace.setSpan(context.active(), span);
  let result: T;
  try {
    result = context.with(active, fn, undefined, span);
  } catch (error) {
    endFailed(span, error, observer);
    throw error;
  }
  if (result instanceof Promise) return endWithPromise(result, span, observer) as T;
  if (isObservable(result)) return spanPerSubscription(result, span, startSpan, observer) as T;
  endSucceeded(span, result, observer);
  return result;
}

function endWithPromise(promise: Promise<unknown>, span: Span, observer: CallObserver): Promise<unknown> {
  // The derived promise is returned: a branch beside the caller's own would make its unhandled rejections silent.
  return promise.then(
    (value: unknown) => {
      endSucceeded(span, value, observer);
      return value;
    },
    (error: unknown) => {
      endFailed(span, error, observer);
      throw error;
    },
  );
}

function spanPerSubscription(
  source: Observable<unknown>,
  firstSpan: Span,
  startSpan: () => Span,
  observer: CallObserver,
): Observable<unknown> {
  // The span that called the method serves the first subscription; a later one measures itself.
  let unused: Span | undefined = firstSpan;
  return new Observable((subscriber) => {
    const span = unused ?? startSpan();
    unused = undefined;
    let ended = false;
    const once = (end: () => void): void => {
      if (!ended) end();
      ended = true;
    };
    const subscription = context.with(trace.setSpan(context.active(), span), () =>
      source.subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => {
          once(() => endFailed(span, error, observer));
          subscriber.error(error);
        },
        complete: () => {
          once(() => endSucceeded(span, undefined, observer));
          subscriber.complete();
        },
      }),
    );
    return () => {
      subscription.unsubscribe();
      once(() => span.end());
    };
  });
}

function endSucceeded(span: Span, value: unknown, observer: CallObserver): void {
  safely('call observer', () => observer.succeeded?.(span, value));
  span.end();
}

function endFailed(span: Span, error: unknown, observer: CallObserver): void {
  safely('call observer', () => observer.failed?.(span, error));
  recordFailure(span, error);
  span.end();
}
