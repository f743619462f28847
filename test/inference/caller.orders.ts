/** A call that the application shall make. */
export interface CallOrder {
  readonly id: number;
  /** Method of the connector. */
  readonly method: string;
  readonly args: readonly unknown[];
  /** The call is made in a trace that nobody records. */
  readonly unsampled?: boolean;
  /** A stream is left after so many items. */
  readonly leaveAfter?: number;
}

/** How a call ended. */
export interface CallReply {
  readonly id: number;
  readonly traceId: string;
  /** What the method gave; of a stream the items that were read. */
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly code: string; readonly message: string; readonly status?: number };
}
