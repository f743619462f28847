import { type Context, context, createContextKey } from '@opentelemetry/api';
import type { ActivityContext } from './activity-context.js';

const KEY = createContextKey('onetrace.temporal.activity');

/** The context with the attempt that runs in it. */
export function withActivity(ctx: Context, activity: ActivityContext): Context {
  return ctx.setValue(KEY, activity);
}

/** Temporal's context of the attempt that is running here; `undefined` outside of traced activities. */
export function activeActivity(): ActivityContext | undefined {
  return context.active().getValue(KEY) as ActivityContext | undefined;
}
