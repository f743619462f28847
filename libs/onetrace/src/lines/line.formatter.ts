import type { LogLine } from '../telemetry/log-line.js';

/** A line as one JSON object of the log schema; `parseLine` reads the same line back. */
export function formatLine(line: LogLine): string {
  return JSON.stringify({
    timestamp: new Date(line.timeMs).toISOString(),
    level: line.level,
    message: line.message,
    trace_id: line.traceId,
    span_id: line.spanId,
    parent_span_id: line.parentSpanId,
    component: line.component,
    client_id: line.clientId,
    pipeline_id: line.pipelineId,
    tenant_id: line.tenantId,
    user_id: line.userId,
    workflow_id: line.workflowId,
    run_id: line.runId,
    activity: line.activity,
    attempt: line.attempt,
    duration_ms: line.durationMs,
    error: line.error,
    extra: line.requestId === undefined ? line.extra : { ...line.extra, request_id: line.requestId },
  });
}
