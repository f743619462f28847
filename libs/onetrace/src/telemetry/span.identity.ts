import type { Span } from './span.js';

/** Attribute keys under which a span carries the IDs a flow can be found by; the first that is there counts. */
const KEYS = {
  workflowId: ['temporalWorkflowID', 'temporal.workflow.id', 'workflow_id', 'temporalWorkflowId'],
  runId: ['temporalRunID', 'temporal.run.id', 'run_id', 'temporalRunId'],
  requestId: ['onetrace.request_id', 'request_id', 'http.request.header.x-request-id'],
} as const;

/** A span's workflow ID, run ID or request ID. */
export function identityOf(span: Pick<Span, 'attributes'>, identity: keyof typeof KEYS): string | undefined {
  for (const key of KEYS[identity]) {
    const value = span.attributes[key];
    // OpenTelemetry records headers as lists.
    const first = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string' && first !== '') return first;
  }
  return undefined;
}
