/** What `temporalTracing` may be told; nothing is needed. */
export interface TemporalTracingOptions {
  /**
   * Search attribute (Keyword) that takes the trace ID of every workflow started; `TraceId` unless given, `false` sets
   * none. Where the namespace does not have it, it is registered; where that is not allowed, the memo takes the ID.
   */
  readonly searchAttribute?: string | false;
  /**
   * Whether the trace ID is also the static summary of every workflow started that has none of the user's, so that
   * Temporal's page shows it beside the workflow's name; `false` unless given.
   */
  readonly staticSummary?: boolean;
}

/** The options with nothing left open. */
export type ResolvedTemporalTracingOptions = Readonly<Required<TemporalTracingOptions>>;
