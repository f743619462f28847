/** The body of an OTLP request. */
export interface SerializedSpans {
  readonly body: Uint8Array;
  /** How many of the spans are in it. */
  readonly written: number;
  /** Why the first of the others could not be written. */
  readonly failure?: unknown;
}
