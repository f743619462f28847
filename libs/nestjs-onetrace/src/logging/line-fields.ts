import type { Context } from '@opentelemetry/api';
import type { LogLevel } from '../semantics/index.js';

/**
 * Key of the time at which something was said, in milliseconds since the epoch, for lines that reach the logger later than
 * that. A symbol, so that no field of a user can take its place.
 */
export const LINE_TIME: unique symbol = Symbol.for('onetrace.line.time');

/** Key of the context whose flow the line belongs to, where that is not the active one. */
export const LINE_CONTEXT: unique symbol = Symbol.for('onetrace.line.context');

/** Key of whose line it is, where `identify` may have said more of its flow since. */
export const LINE_IDENTITY: unique symbol = Symbol.for('onetrace.line.identity');

/**
 * Key that lets a line wait for others of the same turn of the event loop, so that they are put into words one after the other and go out in one system
 * call. For lines that tell of nothing that somebody would look for after a crash, and whose fields nobody changes any more.
 */
export const LINE_MAY_WAIT: unique symbol = Symbol.for('onetrace.line.may-wait');

/**
 * Key under which a record that goes through pino carries fields for the top of its line. A symbol, so that nothing that was
 * parsed from a request or spread from an object ends there: what has another key stands in `extra`.
 */
export const LINE_FIELDS: unique symbol = Symbol.for('onetrace.line.fields');

/** Key of the component that speaks in such a record, unless its fields name one. */
export const LINE_COMPONENT: unique symbol = Symbol.for('onetrace.line.component');

/** Fields that calling code may give to a line; trace, span and identity come from the active context where they are absent. */
export interface LineFields {
  readonly [LINE_TIME]?: number | undefined;
  readonly [LINE_CONTEXT]?: Context | undefined;
  readonly [LINE_MAY_WAIT]?: boolean | undefined;
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
  /** Counted from 1. */
  readonly attempt?: number | undefined;
  /** Milliseconds. */
  readonly duration_ms?: number | undefined;
  /** Whatever was thrown; written as `error {type, message, stack, cause, errors, extra}`. */
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
