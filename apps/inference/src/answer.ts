/** Tokens that a request took. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What goes wrong on the way of an answer that the model gave. */
export type Spoiling =
  /** Half of the body, as a whole: an answer that is no JSON. */
  | { readonly kind: 'garbled' }
  /** Half of what was announced, then the connection breaks. */
  | { readonly kind: 'truncated' }
  /** Headers and half of the body; then the server sends nothing more and closes its side in good order. */
  | { readonly kind: 'half-closed' }
  /** A byte at a time, so many milliseconds apart. */
  | { readonly kind: 'drip'; readonly ms: number }
  /** Named as something that it is not. */
  | { readonly kind: 'wrong-type' }
  /** Compressed, though nobody asked, from more than a client may want to hold. */
  | { readonly kind: 'bomb' };

/** A whole answer, or the events of a stream in the order in which they are sent. */
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly usage?: Usage;
  readonly spoiling?: Spoiling;
  /** What Triton records of it: nothing, the request alone, or the model's work too. By the status unless given. */
  readonly trace?: 'nothing' | 'request' | 'execution';
} & ({ readonly body: unknown } | { readonly events: readonly string[] });
