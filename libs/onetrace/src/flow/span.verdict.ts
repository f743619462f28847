import { identityOf } from '../telemetry/span.identity.js';
import type { FlowSpan } from './flow.js';
import { recordedErrorOf, sameRun, taskQueueOf, temporalNameOf } from './span.facts.js';
import type { SpanTree } from './span.tree.js';

const QUIET_MS = 10_000;
const ABANDONED_MS = 60_000;
const ACCEPTED = 202;
/** Clocks of two machines, and the rounding of a span's times. */
const TOLERANCE_MS = 5;

/** When the flow's last sign of life was, and whether more is to be expected. */
export interface FlowClock {
  startMs: number;
  endMs: number;
  /** What is open now stays open: the caller has its error, or nothing has come for a while. */
  over: boolean;
}

/** Something is wrong with the span: it failed, or it is open and will stay so. */
export function isProblem(span: FlowSpan, clock: FlowClock): boolean {
  return span.failed || (span.state !== 'ended' && clock.over);
}

/** Fills in what each span's own record and lines say about its end: failed, status, error. */
export function judgeSpans(tree: SpanTree): void {
  for (const span of tree.spans) {
    const status = span.httpStatus ?? 0;
    span.failed ||= span.status === 'error' || status >= 500 || (span.kind === 'client' && status >= 400);
    if (!span.failed) continue;
    const recorded = recordedErrorOf(span);
    const answered = status >= 400 ? `answered ${status}` : undefined;
    const error = span.kind === 'client' ? (answered ?? recorded ?? span.error) : (recorded ?? span.error ?? answered);
    if (error !== undefined) span.error = error;
  }
}

/** Bounds of the flow. Call it when all spans are judged and before {@link markUnclaimed}. */
export function readClock(tree: SpanTree, lineTimes: readonly number[], nowMs: number): FlowClock {
  const times = [...lineTimes, ...tree.spans.flatMap((span) => [span.startMs, span.endMs])];
  // Not Math.max(...times): a flow may have more spans than a call takes arguments.
  const startMs = times.reduce((least, time) => Math.min(least, time), times[0] ?? nowMs);
  const endMs = times.reduce((most, time) => Math.max(most, time), startMs);
  const quietMs = nowMs - endMs;
  const top = tree.tops[0];
  const answered = top?.state === 'ended';
  return { startMs, endMs, over: quietMs > ABANDONED_MS || (answered && (top.failed || quietMs > QUIET_MS)) };
}

/** Workflows and activities that were scheduled and that no worker took, as far as the caller had no result. */
export function markUnclaimed(tree: SpanTree): void {
  const top = tree.tops[0];
  const hasResult =
    top?.state === 'ended' && !top.failed && top.httpStatus !== ACCEPTED && top.httpStatus !== undefined;
  if (hasResult) return;
  for (const span of tree.spans) {
    if (
      temporalNameOf(span)?.operation === 'StartWorkflow' &&
      !span.failed &&
      span.state === 'ended' &&
      !wasRun(tree, span)
    ) {
      span.state = 'unclaimed';
    }
  }
}

function wasRun(tree: SpanTree, start: FlowSpan): boolean {
  if (tree.childrenOf(start).length > 0) return true;
  return tree.spans.some((span) => {
    const operation = temporalNameOf(span)?.operation;
    const isOfRun =
      operation !== undefined && operation !== 'StartWorkflow' && identityOf(span, 'workflowId') !== undefined;
    return isOfRun && sameRun(start, span);
  });
}

/** Spans that never ended last to the end of the flow, and say so. */
export function stretchOpenSpans(tree: SpanTree, clock: FlowClock): void {
  for (const span of tree.spans) {
    if (span.state === 'ended') continue;
    span.endMs = clock.endMs;
    if (span.failed) continue;
    if (span.state === 'unclaimed') span.error = unclaimedMessage(span, 'workflow', clock);
    else span.error = clock.over ? 'never finished' : 'not finished yet';
  }
}

/** "no worker picked up workflow X (task queue Y)" */
export function unclaimedMessage(span: FlowSpan, what: 'workflow' | 'activity', clock: FlowClock): string {
  const queue = taskQueueOf(span);
  const name =
    (what === 'workflow' ? identityOf(span, 'workflowId') : undefined) ?? temporalNameOf(span)?.type ?? span.name;
  const verb = clock.over ? 'picked up' : 'has picked up';
  return `no worker ${verb} ${what} ${name}${queue === undefined ? '' : ` (task queue ${queue})`}`;
}

/**
 * What went wrong and did no harm in the end: a later try of the same step went well, or the step above it, which waited
 * for it, went well all the same.
 */
export function markRecovered(tree: SpanTree, clock: FlowClock): void {
  for (const span of tree.spans) {
    const parent = tree.parentOf(span);
    if (parent?.recovered) span.recovered = true;
    if (!isProblem(span, clock)) continue;
    const retriedWell = tree
      .childrenOf(parent)
      .some(
        (later) =>
          later.name === span.name &&
          later.startMs > span.startMs &&
          !isProblem(later, clock) &&
          later.state === 'ended',
      );
    span.recovered ||= retriedWell || (parent !== undefined && copedWith(parent, span, clock));
  }
}

/** Nobody waits for a workflow inside the call that starts it. */
function copedWith(parent: FlowSpan, span: FlowSpan, clock: FlowClock): boolean {
  const waited = parent.endMs + TOLERANCE_MS >= span.endMs && temporalNameOf(span)?.operation !== 'RunWorkflow';
  return waited && parent.state === 'ended' && !isProblem(parent, clock) && span.state !== 'unclaimed';
}
