import { identityOf } from '../telemetry/span.identity.js';
import type { Attributes, Span } from '../telemetry/span.js';
import type { ModelUsage } from './flow.js';

/** Which part of the chain made a span: what the span says, else its process, else its service. */
export function componentOf(span: Pick<Span, 'attributes' | 'resource'>): string {
  const { attributes, resource } = span;
  return (
    firstText(attributes['onetrace.component'], resource['onetrace.component'], resource['service.name']) ?? 'unknown'
  );
}

/** Attempt of an activity, a workflow or an HTTP call, from 1; undefined where the span does not say. */
export function attemptOf({ attributes }: Pick<Span, 'attributes'>): number | undefined {
  const attempt = firstNumber(attributes, [
    'temporal.attempt',
    'onetrace.attempt',
    'temporalActivityAttempt',
    'temporal.activity.attempt',
  ]);
  if (attempt !== undefined) return attempt;
  const resends = firstNumber(attributes, ['http.request.resend_count']);
  return resends === undefined ? undefined : resends + 1;
}

/** HTTP status, of the stable conventions or the old ones. */
export function httpStatusOf({ attributes }: Pick<Span, 'attributes'>): number | undefined {
  return firstNumber(attributes, ['http.response.status_code', 'http.status_code']);
}

/** Method and path the caller used; undefined for a span that is no HTTP request. */
export function httpTitleOf({ attributes }: Pick<Span, 'attributes'>): string | undefined {
  const method = firstText(attributes['http.request.method'], attributes['http.method']);
  const path = firstText(attributes['url.path'], attributes['http.target'], attributes['http.route']);
  return method !== undefined && path !== undefined ? `${method} ${path}` : undefined;
}

/** Why a server refused the request; undefined where it did not, or did not say. */
export function refusalOf({ attributes }: Pick<Span, 'attributes'>): string | undefined {
  const refusal = firstText(attributes['onetrace.refusal']);
  return refusal === undefined ? undefined : firstLineOf(refusal);
}

/** What the call of a model took; undefined for a span that says nothing of it. */
export function modelUsageOf({ attributes }: Pick<Span, 'attributes'>): ModelUsage | undefined {
  const inputTokens = firstNumber(attributes, ['gen_ai.usage.input_tokens']);
  const outputTokens = firstNumber(attributes, ['gen_ai.usage.output_tokens']);
  const seconds = firstNumber(attributes, ['gen_ai.response.time_to_first_chunk']);
  const cost = firstNumber(attributes, ['onetrace.cost']);
  const currency = firstText(attributes['onetrace.cost_currency']);
  if ([inputTokens, outputTokens, seconds, cost].every((fact) => fact === undefined)) return undefined;
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(seconds !== undefined && { firstChunkMs: seconds * 1000 }),
    ...(cost !== undefined && { cost }),
    ...(currency !== undefined && { currency }),
  };
}

/** Who gave a model call up: `caller`, `request` or `activity`; undefined where nobody did. */
export function cancellerOf({ events }: Pick<Span, 'events'>): string | undefined {
  return firstText(events.find(({ name }) => name === 'call cancelled')?.attributes['onetrace.cancelled_by']);
}

/** How the call of a model ended where it neither was answered to its end nor failed. */
export function earlyEndOf(span: Pick<Span, 'events'>): string | undefined {
  if (span.events.some(({ name }) => name === 'stream stopped by its consumer')) return 'stopped by its consumer';
  const by = cancellerOf(span);
  if (by === 'request') return 'given up, its client left';
  return by === 'activity' ? 'given up with its activity' : undefined;
}

/** Task queue a workflow or activity was scheduled on. */
export function taskQueueOf({ attributes }: Pick<Span, 'attributes'>): string | undefined {
  return firstText(attributes['temporal.task_queue'], attributes['temporalTaskQueue'], attributes['task_queue']);
}

/** What a span's own record says went wrong: the last exception, its status message, its error type. */
export function recordedErrorOf(span: Span): string | undefined {
  const exception = span.events.findLast((event) => event.name === 'exception')?.attributes ?? {};
  const text = firstText(
    exception['exception.message'],
    span.statusMessage,
    exception['exception.type'],
    span.attributes['error.type'],
  );
  return text === undefined ? undefined : firstLineOf(text);
}

/** `RunActivity:inference` in its two parts; undefined for a span that is none of Temporal's. */
export function temporalNameOf({ name }: Pick<Span, 'name'>): { operation: string; type: string } | undefined {
  const match =
    /^((?:Start|Run|Complete|Signal|Query|Update|Handle|Validate|SignalWithStart|Schedule)[A-Za-z]*):(.+)$/.exec(name);
  return match ? { operation: match[1] as string, type: match[2] as string } : undefined;
}

/** Whether a span says how its work ended: it is no mark of a start, however short it is. */
export function tellsOutcome({ attributes }: Pick<Span, 'attributes'>): boolean {
  return firstText(attributes['temporal.outcome']) !== undefined;
}

/** Whether two spans belong to one workflow run, as far as they say. */
export function sameRun(one: Span, other: Span): boolean {
  for (const identity of ['runId', 'workflowId'] as const) {
    const [a, b] = [identityOf(one, identity), identityOf(other, identity)];
    if (a !== undefined && b !== undefined) return a === b;
  }
  return true;
}

/** A text cut at its first line break: stack traces ride behind it. */
export function firstLineOf(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}

function firstText(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}

function firstNumber(attributes: Attributes, keys: string[]): number | undefined {
  for (const key of keys) {
    const value = Number(attributes[key] ?? NaN);
    if (Number.isFinite(value)) return value;
  }
  return undefined;
}

/** Whether a server's span ended because its client left. */
export function wasAborted({ attributes }: Pick<Span, 'attributes'>): boolean {
  return attributes['error.type'] === 'aborted';
}
