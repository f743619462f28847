import { murmurHash128 } from './murmur-hash.js';

/** What tells a workflow run from every other one, and is the same on each replay. */
export interface WorkflowRun {
  readonly workflowId: string;
  /** Run ID in the first event of the history: another one in each run of a chain, the same after a reset. */
  readonly originalRunId: string;
}

/** A step of a workflow run that has a span. */
export interface WorkflowStep {
  readonly kind: string;
  /** The SDK's sequence number, the number of the signal, or the ID of the update. */
  readonly key: number | string;
  /** Differs after a reset: what follows one is another step than what it undid. */
  readonly branch: string;
}

/**
 * The span ID of a step. Derived, not drawn: the workflow's random stream belongs to the user. Left out are the current
 * run ID, which a reset changes while the copied history keeps the headers that were written with it, and the length of
 * the history and `runStartTime`: a workflow task that led to no command is replayed together with the next one, whose
 * length and time it then has.
 */
export function deriveSpanId(run: WorkflowRun, step: WorkflowStep): string {
  return notZero(hash(run, step).slice(0, 16));
}

/**
 * The trace ID of a run that was started by somebody without a trace; with a branch that of the run which follows this
 * one, where it is to have a trace of its own.
 */
export function deriveTraceId(run: WorkflowRun, branch?: string): string {
  return notZero(hash(run, { kind: branch === undefined ? 'trace' : 'next', key: 0, branch: branch ?? '' }));
}

/** An ID of zeros alone is none. */
function notZero(id: string): string {
  return /[^0]/.test(id) ? id : `${id.slice(1)}1`;
}

// As JSON, so that no two steps can give one text. Never to be changed: runs outlive versions.
function hash({ workflowId, originalRunId }: WorkflowRun, { kind, key, branch }: WorkflowStep): string {
  return murmurHash128(JSON.stringify([workflowId, originalRunId, branch, kind, key]));
}
