import { identityOf } from '../telemetry/span.identity.js';
import type { FlowSpan } from './flow.js';
import { wentWithItsWork } from './given-up.js';
import { recordedErrorOf, sameRun, taskQueueOf, temporalNameOf } from './span.facts.js';
import type { SpanTree } from './span.tree.js';

const QUIET_MS = 10_000;
const ABANDONED_MS = 60_000;
const ACCEPTED = 202;
/** Clocks of two machines, and the rounding of a span's times. */
const TOLERANCE_MS = 5;
/** A span shorter than this marks a moment. */
const MOMENT_MS = 1;

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
    if (wentWithItsWork(tree, span)) continue;
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

/** Workflows and activities that were scheduled and that no worker took, as far as nobody had their result. */
export function markUnclaimed(tree: SpanTree): void {
  const top = tree.tops[0];
  const answered = top?.state === 'ended' && !top.failed && top.httpStatus !== ACCEPTED && top.httpStatus !== undefined;
  for (const span of tree.spans) {
    const operation = temporalNameOf(span)?.operation;
    if (span.failed || span.state !== 'ended' || tree.childrenOf(span).length > 0) continue;
    const isWorkflow = operation === 'StartWorkflow' && !answered && !wasRun(tree, span);
    if (isWorkflow || (operation === 'StartActivity' && isMoment(span) && !hasResult(tree.parentOf(span)))) {
      span.state = 'unclaimed';
    }
  }
}

/** Workers that are not traced take activities too: a workflow that ended well had their results. */
function hasResult(workflow: FlowSpan | undefined): boolean {
  return workflow === undefined || (workflow.state === 'ended' && !workflow.failed);
}

function wasRun(tree: SpanTree, start: FlowSpan): boolean {
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
    if (span.state === 'unclaimed') span.error = unclaimedMessage(tree, span, clock);
    else span.error = clock.over ? 'never finished' : 'not finished yet';
  }
}

/** A workflow exports the moment it asks for an activity or a child; what it waited for is the steps below. */
export function stretchMoments(tree: SpanTree): void {
  for (const span of tree.spans.toReversed()) {
    if (!isMoment(span) || temporalNameOf(span)?.operation.startsWith('Start') !== true) continue;
    if (temporalNameOf(span)?.operation === 'StartWorkflow') continue;
    span.endMs = tree.childrenOf(span).reduce((end, child) => Math.max(end, child.endMs), span.endMs);
  }
}

function isMoment(span: FlowSpan): boolean {
  return span.endMs - span.startMs < MOMENT_MS;
}

/** "no worker picked up workflow X (task queue Y)" */
export function unclaimedMessage(tree: SpanTree, span: FlowSpan, clock: FlowClock): string {
  const name = temporalNameOf(span);
  const what =
    name?.operation === 'StartWorkflow'
      ? `workflow ${identityOf(span, 'workflowId') ?? name.type}`
      : `activity ${name?.type}`;
  const queue = queueOf(tree, span);
  const verb = clock.over ? 'picked up' : 'has picked up';
  return `no worker ${verb} ${what}${queue === undefined ? '' : ` (task queue ${queue})`}`;
}

/** Activities run on the task queue of their workflow unless told otherwise. */
function queueOf(tree: SpanTree, span: FlowSpan): string | undefined {
  for (let at: FlowSpan | undefined = span; at !== undefined; at = tree.parentOf(at)) {
    const queue = taskQueueOf(at);
    if (queue !== undefined) return queue;
  }
  return undefined;
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
    span.recovered ||= retriedWell || copedWith(tree, span, clock);
  }
}

/** Nobody waits for a workflow inside the call that starts it; for an activity it is the workflow that waits. */
function copedWith(tree: SpanTree, span: FlowSpan, clock: FlowClock): boolean {
  if (temporalNameOf(span)?.operation === 'RunWorkflow' || span.state === 'unclaimed') return false;
  const parent = tree.parentOf(span);
  const waiting = parent && temporalNameOf(parent)?.operation.startsWith('Start') ? tree.parentOf(parent) : parent;
  if (waiting === undefined || waiting.state !== 'ended' || isProblem(waiting, clock)) return false;
  return waiting.endMs + TOLERANCE_MS >= span.endMs;
}
