import { context, type Span } from '@opentelemetry/api';
import type { Observable } from 'rxjs';
import { isObservable, Subscriber } from 'rxjs';
import { DeferredSpan } from './deferred-span.js';
import { contextOf, endAbandoned, endCompleted, endWithError, type SpanCall } from './span-call.js';

type ObservableClass = new (subscribe: (subscriber: Subscriber<unknown>) => void) => Observable<unknown>;

/** What RxJS itself keeps on an Observable. */
const OWN_KEYS: ReadonlySet<string> = new Set(['source', 'operator', '_subscribe']);

/**
 * The class with which an Observable can be built anew: its own, of whichever copy of RxJS. `undefined` for what is more than what it
 * emits and keeps its identity: a Subject, a class of the user's own, one with something attached (`connect`).
 */
export function rebuildableClass(value: object): ObservableClass | undefined {
  if (!isObservable(value)) return undefined;
  let prototype = Object.getPrototypeOf(value) as object;
  if (isBase(prototype)) return Object.keys(value).every((key) => OWN_KEYS.has(key)) ? baseOf(prototype) : undefined;
  // What `pipe` makes of a Subject is a Subject by its class only: nobody calls `next` on it.
  const piped = 'next' in value && (value as { operator?: unknown }).operator !== undefined;
  while (piped && !isBase(prototype)) prototype = Object.getPrototypeOf(prototype) as object;
  return piped ? baseOf(prototype) : undefined;
}

/** Measures every subscription by a span that ends when it completes, fails or is unsubscribed. */
export function followObservable(
  source: Observable<unknown>,
  Base: ObservableClass,
  span: Span,
  call: SpanCall,
  args: readonly unknown[],
): Observable<unknown> {
  const deferred = new DeferredSpan(span, call, args, 'Observable');
  return new Base((subscriber) => {
    const consumer = context.active();
    const own = deferred.claim();
    if (own === undefined) {
      source.subscribe(subscriber);
      return;
    }
    // The source emits inside the span; what the consumer does with it (also `retry`, `repeat`) belongs to the consumer.
    const inner = new Subscriber<unknown>({
      next: (value) => context.with(consumer, () => subscriber.next(value)),
      error: (error: unknown) => {
        endWithError(own, call, error);
        context.with(consumer, () => subscriber.error(error));
      },
      complete: () => {
        endCompleted(own, call, 'Observable');
        context.with(consumer, () => subscriber.complete());
      },
    });
    inner.add(() => endAbandoned(own));
    // Added before the source runs, so that a synchronous source hears that its consumer has had enough.
    subscriber.add(inner);
    context.with(contextOf(own), () => source.subscribe(inner));
  });
}

const baseOf = (prototype: object): ObservableClass => prototype.constructor as ObservableClass;

function isBase(prototype: object): boolean {
  return (
    Object.hasOwn(prototype, 'subscribe') &&
    Object.hasOwn(prototype, 'lift') &&
    Object.getPrototypeOf(Object.getPrototypeOf(prototype)) === null
  );
}
