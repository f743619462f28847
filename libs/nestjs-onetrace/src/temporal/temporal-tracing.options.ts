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
  /**
   * When the span `RunWorkflow` is exported. `onStart`, the default: a moment at the beginning, and `CompleteWorkflow` at
   * the end, so that nothing lacks its parent meanwhile, nor after a termination. `onComplete`: one span with the duration
   * of the run, at its end. Counts where the workflows are bundled.
   */
  readonly runWorkflowSpan?: 'onStart' | 'onComplete';
  /**
   * Whether the run after a continue-as-new stays in the trace (`sameTrace`, the default) or begins a linked one of its
   * own (`newTrace`), for workflows that go on for ever. Counts where the workflows are bundled.
   */
  readonly continueAsNew?: 'sameTrace' | 'newTrace';
}

/** The options with nothing left open. */
export type ResolvedTemporalTracingOptions = Readonly<Required<TemporalTracingOptions>>;
