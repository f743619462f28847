import type { FlowLine, FlowOutcome, FlowSpan } from './flow.js';
import { httpTitleOf, wasAborted } from './span.facts.js';
import { isProblem, type FlowClock } from './span.verdict.js';
import type { SpanTree } from './span.tree.js';

/** What nginx says in the place of a status that nobody waited for. */
const CLIENT_LEFT = 499;

/** How it went for the caller, and for what the caller left behind. */
export function readOutcome(tree: SpanTree, lines: readonly FlowLine[], clock: FlowClock): FlowOutcome {
  const top = tree.tops[0];
  const httpStatus = top && statusFor(tree, top);
  return {
    kind: kindOf(tree, top, httpStatus, clock),
    title: titleOf(tree, lines, top),
    ...(httpStatus !== undefined && { httpStatus }),
    durationMs: (top?.state === 'ended' ? top.endMs - top.startMs : undefined) ?? clock.endMs - clock.startMs,
  };
}

function kindOf(
  tree: SpanTree,
  top: FlowSpan | undefined,
  status: number | undefined,
  clock: FlowClock,
): FlowOutcome['kind'] {
  const harm = tree.spans.filter((span) => isProblem(span, clock) && !span.recovered);
  // A client-kind span or a status of 500 made it failed; a 4xx to the caller is the caller's.
  if (top === undefined) return 'unknown';
  const failures = harm.filter((span) => span.failed);
  const hasLeft = failures.length > 0 || wasAborted(top) || status === CLIENT_LEFT;
  if (hasLeft && failures.every(wasAborted)) return 'aborted';
  if (top.failed) return status !== undefined && status < 500 && top.status !== 'error' ? 'rejected' : 'failed';
  if (failures.length > 0) return 'failed';
  if (tree.spans.some((span) => span.state !== 'ended' && !span.recovered))
    return clock.over ? 'unfinished' : 'running';
  return status !== undefined && status >= 400 ? 'rejected' : 'ok';
}

/** The edge has the caller's view; where it knows no status, the server behind it does. */
function statusFor(tree: SpanTree, top: FlowSpan): number | undefined {
  return top.httpStatus ?? tree.childrenOf(top).find((child) => child.kind === 'server')?.httpStatus;
}

function titleOf(tree: SpanTree, lines: readonly FlowLine[], top: FlowSpan | undefined): string {
  if (top === undefined) return `${lines.length} ${lines.length === 1 ? 'line' : 'lines'} and no span`;
  const server = [top, ...tree.childrenOf(top)].map(httpTitleOf).find((title) => title !== undefined);
  return server ?? top.name.replace(/^edge /, '');
}
