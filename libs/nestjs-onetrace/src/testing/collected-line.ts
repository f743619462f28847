import type { LogLevel } from '../semantics/index.js';

/** Whatever was thrown, as a line has it. */
export interface CollectedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: CollectedError;
  /** Members of an AggregateError. */
  readonly errors?: readonly CollectedError[];
  /** Its own properties besides these. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A line that was written, read back. */
export interface CollectedLine {
  readonly timestamp: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly component: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly parent_span_id?: string;
  readonly client_id?: string;
  readonly pipeline_id?: string;
  readonly tenant_id?: string;
  readonly user_id?: string;
  readonly workflow_id?: string;
  readonly run_id?: string;
  readonly activity?: string;
  readonly attempt?: number;
  readonly duration_ms?: number;
  readonly error?: CollectedError;
  /** Everything that has no field of its own. */
  readonly extra?: Readonly<Record<string, unknown>>;
}
