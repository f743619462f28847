import { murmurHash128 } from './murmur-hash.js';

/** What makes a step of a workflow unlike every other, and the same on each replay. */
export interface WorkflowStep {
  readonly workflowId: string;
  readonly firstExecutionRunId: string;
  /** Milliseconds since the epoch: tells the runs of one chain (retry, cron, continue-as-new) apart. */
  readonly runStartMs: number;
  /** Events at the step's workflow task: after a reset it differs from what the abandoned branch had. */
  readonly historyLength: number;
  readonly kind: string;
  readonly sequence: number;
}

/**
 * The span ID of a step. Derived, not drawn: the workflow's random stream belongs to the user. The run ID is left out
 * because a reset changes it while the copied history keeps the headers that were written with it.
 */
export function deriveSpanId(step: WorkflowStep): string {
  const id = murmurHash128(describe(step)).slice(0, 16);
  return id === '0000000000000000' ? '0000000000000001' : id;
}

/** The trace ID of a run that was started by somebody without a trace. */
export function deriveTraceId(step: Omit<WorkflowStep, 'kind' | 'sequence'>): string {
  const id = murmurHash128(describe({ ...step, kind: 'trace', sequence: 0 }));
  return id === '0'.repeat(32) ? `${'0'.repeat(31)}1` : id;
}

// The workflow ID, the only free text, stands last: no two steps can give one text.
function describe(step: WorkflowStep): string {
  return [
    step.kind,
    step.sequence,
    step.historyLength,
    step.runStartMs,
    step.firstExecutionRunId,
    step.workflowId,
  ].join('\n');
}
