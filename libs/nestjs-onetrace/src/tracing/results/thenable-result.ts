import { context, type Span } from '@opentelemetry/api';
import { DeferredSpan } from './deferred-span.js';
import { contextOf, endCompleted, endWithError, endWithValue, type SpanCall } from './span-call.js';

type Then = (this: unknown, ...handlers: unknown[]) => unknown;
type Handler = (value: unknown) => unknown;

// One that is handed back again and again (a Promise kept in a field, a query builder) is no new work, and its `then` must not grow.
const followed = new WeakSet<object>();

/** The `then` of a value, or `undefined` where it has none or does not let itself be asked. */
export function thenOf(value: object): Then | undefined {
  try {
    const { then } = value as { then?: unknown };
    return typeof then === 'function' ? (then as Then) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Follows a thenable without starting it: query builders run at each call of `then`, so tracing makes none of its own.
 * The very object is handed back, with a `then` of its own that steps aside at the first call: that one runs the
 * original inside the span's context and ends the span on settlement. Every later call is the original's alone. One that was
 * followed before, and a builder's own `this`, end their spans with the return of the method.
 */
export function followThenable(
  thenable: object,
  then: Then,
  span: Span,
  call: SpanCall,
  args: readonly unknown[],
  thisArg: unknown,
): object {
  if (thenable === thisArg || followed.has(thenable)) {
    endCompleted(span, call, 'Thenable');
    return thenable;
  }
  followed.add(thenable);
  const deferred = new DeferredSpan(span, call, args, 'Thenable');
  const own = Object.getOwnPropertyDescriptor(thenable, 'then');
  let consumed = false;
  const shadow: Then = function (this: unknown, ...handlers: unknown[]) {
    // Two consumers in one turn (`Promise.all([query, query])`) have both read this shadow before the first calls it.
    if (consumed) return Reflect.apply(then, this, handlers);
    consumed = true;
    if (Object.getOwnPropertyDescriptor(thenable, 'then')?.value === shadow) {
      if (own === undefined) Reflect.deleteProperty(thenable, 'then');
      else Object.defineProperty(thenable, 'then', own);
    }
    return consume(deferred, args, then, this, handlers);
  };
  try {
    Object.defineProperty(thenable, 'then', {
      configurable: true,
      enumerable: own?.enumerable ?? false,
      writable: true,
      value: shadow,
    });
  } catch {
    // Frozen or sealed: it stays as it is, and the call is over when it returns.
    endCompleted(span, call, 'Thenable');
  }
  return thenable;
}

function consume(
  deferred: DeferredSpan,
  args: readonly unknown[],
  then: Then,
  thenable: unknown,
  handlers: unknown[],
): unknown {
  const consumer = context.active();
  const span = deferred.claim();
  if (span === undefined) return Reflect.apply(then, thenable, handlers);
  const { call } = deferred;
  const [fulfilled, rejected, ...others] = handlers;
  const onFulfilled: Handler = (value) => {
    endWithValue(span, call, value, args);
    return typeof fulfilled === 'function' ? context.with(consumer, fulfilled as Handler, undefined, value) : value;
  };
  const onRejected: Handler = (error) => {
    endWithError(span, call, error);
    if (typeof rejected !== 'function') throw error;
    return context.with(consumer, rejected as Handler, undefined, error);
  };
  try {
    return context.with(contextOf(span), then, thenable, onFulfilled, onRejected, ...others);
  } catch (error) {
    endWithError(span, call, error);
    throw error;
  }
}
