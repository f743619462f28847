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
 * Ends the span when the Promise settles. The Promise that is returned derives from the method's own: a branch beside it would
 * mark the method's Promise as handled, and a rejection that nobody handles would become silent.
 */
export function followPromise(
  promise: Promise<unknown>,
  span: Span,
  call: SpanCall,
  args: readonly unknown[],
): Promise<unknown> {
  if (!span.isRecording()) return promise;
  const derived = promise.then(
    (value) => {
      endWithValue(span, call, value, args);
      return value;
    },
    (error: unknown) => {
      endWithError(span, call, error);
      throw error;
    },
  );
  for (const key in promise) {
    // What is attached to the Promise goes along: `child` of a promisified `exec`, `cancel` of a gRPC call.
    if (Object.hasOwn(promise, key)) {
      copyProperties(promise, derived);
      break;
    }
  }
  return derived;
}

function copyProperties(from: object, to: object): void {
  // Text keys only: under symbols Node 22 keeps its own bookkeeping on promises.
  for (const key of Object.getOwnPropertyNames(from)) {
    const descriptor = Object.getOwnPropertyDescriptor(from, key);
    if (descriptor !== undefined) Object.defineProperty(to, key, descriptor);
  }
}
