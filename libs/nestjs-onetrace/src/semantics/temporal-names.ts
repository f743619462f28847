/** Names on Temporal's wire that Onetrace shares with the other languages' official tracing interceptors. */
export const TEMPORAL = {
  /** Header that carries the trace context: one `json/plain` Payload with the propagator's string map. */
  tracerHeader: '_tracer-data',
  /**
   * Header of a run with a trace of its own that is linked to its creator's, encoded likewise: of a scheduled run the trace
   * of the schedule's creator, of a run that was continued as new the one of the run before.
   */
  creatorHeader: '_onetrace-creator',
  /** Beside the creator's trace: the ID of the run's own, where the creator chose it. */
  ownTraceId: 'trace_id',
  /** Search attribute (Keyword) that holds the trace ID. */
  searchAttribute: 'TraceId',
  /** Memo key that holds the trace ID where the search attribute is not registered. */
  memoKey: 'trace_id',
  /** Name of the worker sink through which finished spans and lines leave the workflow isolate. */
  sink: 'onetrace',
} as const;
