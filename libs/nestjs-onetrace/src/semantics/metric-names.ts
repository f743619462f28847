/** Prometheus metric names, label names and buckets. */
export const METRICS = {
  httpRequestsTotal: 'http_requests_total',
  httpRequestDurationSeconds: 'http_request_duration_seconds',
  tracingErrorsTotal: 'onetrace_tracing_errors_total',
  spansDroppedTotal: 'onetrace_spans_dropped_total',
  logLinesDroppedTotal: 'onetrace_log_lines_dropped_total',
} as const;

/** Labels of the HTTP series: the route is always the template, never the path. */
export const HTTP_LABELS = ['method', 'route', 'status'] as const;

/** Seconds; the defaults of the user's monitoring guide, widened to the length of a model call. */
export const HTTP_DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** Label value of requests that no route matched. */
export const UNMATCHED_ROUTE = '<unmatched>';
