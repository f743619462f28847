import { type Attributes, type Context, context, isSpanContextValid, type Link, trace } from '@opentelemetry/api';
import type { AsyncCompletionClient } from '@temporalio/client';
import { extractTrace, injectTrace } from '../../context/index.js';
import { ATTR, SPAN_NAMES } from '../../semantics/index.js';
import { type CallPlace, tracedClientCall } from './client-call.js';

/** The calls of a client (`client.activity`) that end an activity, or keep it alive, from outside. */
export type AsyncCompletion = Pick<AsyncCompletionClient, 'complete' | 'fail' | 'reportCancellation' | 'heartbeat'>;

/** What `tracedAsyncCompletion` may be told. */
export interface AsyncCompletionOptions {
  /** What `currentTraceCarrier` gave in the activity, handed over together with its task token. */
  readonly activity?: Readonly<Record<string, string>>;
}

type Target = Parameters<AsyncCompletion['heartbeat']>[0] | Uint8Array;
type AnyCall = (target: Target, ...rest: unknown[]) => Promise<void>;

/**
 * The active trace as plain texts (`traceparent`, `tracestate`, `baggage`): what an activity that throws
 * `CompleteAsyncError` hands over, with its task token, to whoever completes it. Empty outside every trace.
 */
export function currentTraceCarrier(): Record<string, string> {
  const carrier: Record<string, string> = {};
  injectTrace(context.active(), carrier);
  return carrier;
}

/**
 * Spans for the calls that complete, fail or cancel an activity from outside: the SDK has no hook for them. They stand
 * where they are made; without a trace there, in the activity's; and in another trace they are linked to the activity.
 * Heartbeats pass without a span: of a long activity there are thousands.
 */
export function tracedAsyncCompletion(
  client: AsyncCompletion,
  { activity = {} }: AsyncCompletionOptions = {},
): AsyncCompletion {
  const traced =
    (name: string, method: 'complete' | 'fail' | 'reportCancellation'): AnyCall =>
    (target, ...rest) =>
      tracedClientCall(
        name,
        namesOf(target),
        () => (client[method] as AnyCall).call(client, target, ...rest),
        () => placeOf(context.active(), activity),
      );
  return {
    complete: traced(SPAN_NAMES.completeActivity, 'complete'),
    fail: traced(SPAN_NAMES.failActivity, 'fail'),
    reportCancellation: traced(SPAN_NAMES.reportActivityCancellation, 'reportCancellation'),
    heartbeat: client.heartbeat.bind(client),
  };
}

function placeOf(active: Context, activity: Readonly<Record<string, string>>): CallPlace {
  const joined = extractTrace(activity, active);
  const theirs = trace.getSpanContext(joined);
  const own = trace.getSpanContext(active);
  if (own === undefined || !isSpanContextValid(own)) return { parent: joined };
  if (theirs === undefined || theirs.traceId === own.traceId) return { parent: active };
  const link: Link = { context: theirs };
  return { parent: active, links: [link] };
}

/** A task token is the server's secret: it tells nothing. */
function namesOf(target: Target): Attributes {
  if (target instanceof Uint8Array) return {};
  const { workflowId, runId, activityId } = target;
  return {
    [ATTR.temporalActivityId]: activityId,
    ...(workflowId === undefined ? {} : { [ATTR.temporalWorkflowId]: workflowId }),
    ...(runId === undefined ? {} : { [ATTR.temporalRunId]: runId }),
  };
}
