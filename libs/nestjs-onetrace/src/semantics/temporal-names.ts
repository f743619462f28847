/** Names on Temporal's wire that Onetrace shares with the other languages' official tracing interceptors. */
export const TEMPORAL = {
  /** Header that carries the trace context: one `json/plain` Payload with the propagator's string map. */
  tracerHeader: '_tracer-data',
  /** Header of a scheduled run, encoded likewise: the trace of the schedule's creator, to which each run's own trace is linked. */
  creatorHeader: '_onetrace-creator',
  /** Search attribute (Keyword) that holds the trace ID. */
  searchAttribute: 'TraceId',
  /** Memo key that holds the trace ID where the search attribute is not registered. */
  memoKey: 'trace_id',
  /** Name of the worker sink through which finished spans and lines leave the workflow isolate. */
  sink: 'onetrace',
} as const;
