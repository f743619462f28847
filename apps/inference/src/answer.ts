/** Tokens that a completion took. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A whole answer, or the events of a stream in the order in which they are sent. */
export type Answer = {
  readonly status: number;
  readonly usage?: Usage;
  /** Only the first half of the body is sent, as a whole: an answer that is no JSON. */
  readonly garbled?: boolean;
} & ({ readonly body: unknown } | { readonly events: readonly string[] });
