import type { FlowCause, FlowSpan } from './flow.js';
import { taskQueueOf, temporalNameOf, wasAborted } from './span.facts.js';
import { isProblem, unclaimedMessage, type FlowClock } from './span.verdict.js';
import type { SpanTree } from './span.tree.js';

/** The deepest span that explains why the flow went wrong: the last one on the way down from the top. */
export function findCause(tree: SpanTree, clock: FlowClock): FlowCause | undefined {
  const concerns = (candidate: FlowSpan): boolean => isProblem(candidate, clock) && !candidate.recovered;
  // A server whose client gave up is a victim: what the client says of it explains more.
  const span =
    deepestProblem(tree, tree.tops, (candidate) => concerns(candidate) && !wasAborted(candidate)) ??
    deepestProblem(tree, tree.tops, concerns);
  return span && describe(tree, span, clock);
}

/** The deepest cause of each thing that went wrong and was made up for. */
export function findRecoveries(tree: SpanTree, clock: FlowClock): FlowCause[] {
  const deepest = tree.spans.filter(
    (span) =>
      isProblem(span, clock) && span.recovered && !hasProblemBelow(tree, span, clock) && span.mergedInto === undefined,
  );
  const byStep = new Map(deepest.map((span) => [`${span.component} ${span.name}`, span]));
  return [...byStep.values()].map((span) => describe(tree, span, clock));
}

/** A child of a step that failed explains it; of several, the one tried last. */
function deepestProblem(
  tree: SpanTree,
  spans: readonly FlowSpan[],
  concerns: (span: FlowSpan) => boolean,
): FlowSpan | undefined {
  for (const span of spans.toReversed()) {
    const below = deepestProblem(tree, tree.childrenOf(span), concerns);
    if (below !== undefined) return below;
    if (concerns(span)) return span;
  }
  return undefined;
}

function hasProblemBelow(tree: SpanTree, span: FlowSpan, clock: FlowClock): boolean {
  return tree.childrenOf(span).some((child) => isProblem(child, clock) || hasProblemBelow(tree, child, clock));
}

function describe(tree: SpanTree, span: FlowSpan, clock: FlowClock): FlowCause {
  const attempts = tree.spans.filter(
    (other) => other.name === span.name && other.component === span.component && isProblem(other, clock),
  ).length;
  return {
    component: isNobodysYet(tree, span) ? 'temporal' : span.component,
    message: messageOf(tree, span, clock),
    ...(attempts > 1 && { attempts }),
    spanId: span.spanId,
  };
}

function messageOf(tree: SpanTree, span: FlowSpan, clock: FlowClock): string {
  if (span.state === 'unclaimed') return unclaimedMessage(tree, span, clock);
  if (span.state === 'open' && !span.failed) return openMessage(tree, span, clock);
  const error = wasAborted(span) ? 'its client left before it answered' : (span.error ?? 'failed without saying why');
  // "POST 127.0.0.1:8000 answered 503", "RunActivity:inference: model not found"
  const separator = /^(answered|failed) /.test(error) ? ' ' : ': ';
  // "127.0.0.1:8000 sent no headers" names the target already.
  const target = span.name.split(' ').at(-1) ?? span.name;
  return error.includes(target) ? error : `${span.name}${separator}${error}`;
}

/** Without an end one cannot tell a step that hangs from one whose process is gone: the message says what can be known. */
function openMessage(tree: SpanTree, span: FlowSpan, clock: FlowClock): string {
  const name = temporalNameOf(span);
  if (name?.operation === 'StartActivity') return unclaimedMessage(tree, span, clock);
  const queue = taskQueueOf(span);
  if (name?.operation === 'RunActivity') {
    return `${span.name} started and never finished: its worker died or hangs${queue === undefined ? '' : ` (task queue ${queue})`}`;
  }
  if (name?.operation === 'RunWorkflow')
    return `${span.name} never finished: its worker died, the server ended it, or it still waits`;
  const activity = openActivityAbove(tree, span);
  return activity === undefined
    ? `${span.name} never finished: it hangs, or its process died`
    : `${span.name} never answered and ${activity.name} never finished: the server hangs or the worker died`;
}

function openActivityAbove(tree: SpanTree, span: FlowSpan): FlowSpan | undefined {
  for (let above = tree.parentOf(span); above !== undefined; above = tree.parentOf(above)) {
    if (temporalNameOf(above)?.operation === 'RunActivity') return above.state === 'open' ? above : undefined;
  }
  return undefined;
}

function isNobodysYet(tree: SpanTree, span: FlowSpan): boolean {
  return (
    span.state !== 'ended' &&
    temporalNameOf(span)?.operation.startsWith('Start') === true &&
    tree.childrenOf(span).length === 0
  );
}
