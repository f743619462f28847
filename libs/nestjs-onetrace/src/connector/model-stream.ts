/** What becomes of a stream; told once. */
export interface StreamEnding {
  /** Everything came. */
  completed(): void;
  /** The consumer wanted no more. */
  stopped(): void;
  /** Makes of what was thrown the error that the consumer gets, and ends with it. */
  failed(thrown: unknown): unknown;
}

/**
 * The answer to a streaming call, item by item as they come; iterate over it once. Stopping early (`break`, `return()`, `await using`) closes the
 * connection, so that the server stops too. A stream over which nobody iterates ends with the call's total timeout.
 *
 * `next()` throws a `ConnectorError` when the answer fails in the middle, and when the call is aborted or takes too long.
 */
export class ModelStream<Item> implements AsyncIterableIterator<Item>, AsyncDisposable {
  #first: IteratorResult<Item, void> | undefined;
  readonly #rest: AsyncIterator<Item, void>;
  readonly #ending: StreamEnding;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  /** @internal */
  constructor(first: IteratorResult<Item, void>, rest: AsyncIterator<Item, void>, ending: StreamEnding) {
    this.#first = first;
    this.#rest = rest;
    this.#ending = ending;
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    this.#throwFailure();
    if (this.#isOver) return { done: true, value: undefined };
    try {
      const item = this.#first ?? (await this.#rest.next());
      this.#first = undefined;
      // It may have been ended while this waited.
      this.#throwFailure();
      if (item.done !== true) return item;
      this.#end(() => this.#ending.completed());
    } catch (thrown) {
      this.fail(thrown);
      this.#throwFailure();
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.#end(() => this.#ending.stopped());
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** @internal */
  fail(thrown: unknown): void {
    this.#end(() => (this.#failure = { error: this.#ending.failed(thrown) }));
  }

  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    tell();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
