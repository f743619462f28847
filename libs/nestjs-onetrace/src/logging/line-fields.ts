import type { LogLevel } from '../semantics/index.js';

/**
 * Key of the time at which something was said, in milliseconds since the epoch, for lines that reach the logger later than
 * that. A symbol, so that no field of a user can take its place.
 */
export const LINE_TIME: unique symbol = Symbol.for('onetrace.line.time');

/** Fields that calling code may give to a line; trace, span and identity come from the active context where they are absent. */
export interface LineFields {
  readonly [LINE_TIME]?: number | undefined;
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
  readonly parent_span_id?: string | undefined;
  readonly component?: string | undefined;
  readonly client_id?: string | undefined;
  readonly pipeline_id?: string | undefined;
  readonly tenant_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly workflow_id?: string | undefined;
  readonly run_id?: string | undefined;
  readonly activity?: string | undefined;
  readonly attempt?: number | undefined;
  readonly duration_ms?: number | undefined;
  /** Whatever was thrown; written as `error {type, message, stack}`. */
  readonly error?: unknown;
  /** Everything else. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** Writes lines of one component. */
export interface LineLogger {
  log(level: LogLevel, message: string, fields?: LineFields): void;
  debug(message: string, fields?: LineFields): void;
  info(message: string, fields?: LineFields): void;
  warn(message: string, fields?: LineFields): void;
  error(message: string, fields?: LineFields): void;
  fatal(message: string, fields?: LineFields): void;
}
