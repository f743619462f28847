import { type Context, createContextKey } from '@opentelemetry/api';

/** What every line says that is written inside an attempt of a Temporal activity, under the names of a line's fields. */
export interface ActivityFields {
  readonly workflow_id: string | undefined;
  readonly run_id: string | undefined;
  readonly activity: string;
  /** Counted from 1. */
  readonly attempt: number;
}

interface Holder {
  readonly key: symbol;
  /** Whether this process runs activities: until it does, nobody looks into contexts for them. */
  seen: boolean;
}

// Shared by every copy of the library in the process.
const HOLDER = Symbol.for('onetrace.context.activity-fields');
const holder = ((globalThis as { [HOLDER]?: Holder })[HOLDER] ??= {
  key: createContextKey('onetrace activity fields'),
  seen: false,
});

/** The context in which an attempt runs. */
export function withActivityFields(ctx: Context, fields: ActivityFields): Context {
  holder.seen = true;
  return ctx.setValue(holder.key, fields);
}

/** Of the attempt that runs in a context; `undefined` outside of traced activities. */
export function activityFieldsOf(ctx: Context): ActivityFields | undefined {
  return holder.seen ? (ctx.getValue(holder.key) as ActivityFields | undefined) : undefined;
}
