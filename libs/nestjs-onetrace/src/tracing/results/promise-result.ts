import { types } from 'node:util';
import type { Span } from '@opentelemetry/api';
import { endWithError, endWithValue, type SpanCall } from './span-call.js';

/** Whether this is a Promise of any realm, of no class of its own: one that `await` takes without asking its `then`. */
export function isPlainPromise(value: object): value is Promise<unknown> {
  if (!(value instanceof Promise) && !types.isPromise(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object;
  const plain =
    prototype === Promise.prototype || Object.getPrototypeOf(Object.getPrototypeOf(prototype) as object) === null;
  return plain && !Object.hasOwn(value, 'then');
}

/**
 * Ends the span when the Promise of an `async` function settles. What is returned derives from it: nobody else can have that
 * Promise, and handlers beside it would mark it as handled, so that a rejection that nobody handles would become silent.
 */
export function deriveAsyncResult(
  promise: Promise<unknown>,
  span: Span,
  call: SpanCall,
  args: readonly unknown[],
): Promise<unknown> {
  if (!span.isRecording()) return promise;
  return promise.then(
    (value) => {
      endWithValue(span, call, value, args);
      return value;
    },
    (error: unknown) => {
      endWithError(span, call, error);
      throw error;
    },
  );
}

/**
 * Ends the span when a Promise settles that a function got from somewhere and hands on. The very Promise comes back: it may be kept
 * in a field or be handled already, and one derived from it would reject once more, with nobody to handle it.
 */
export function followPromise(
  promise: Promise<unknown>,
  span: Span,
  call: SpanCall,
  args: readonly unknown[],
): Promise<unknown> {
  if (span.isRecording()) {
    promise.then(
      (value) => endWithValue(span, call, value, args),
      (error: unknown) => endWithError(span, call, error),
    );
  }
  return promise;
}
