import type { FlowSpan, TimeShare } from './flow.js';
import type { FlowClock } from './span.verdict.js';
import { temporalNameOf } from './span.facts.js';
import type { SpanTree } from './span.tree.js';

/**
 * Gives every moment of the flow to the one span that was at work: the deepest of those running, the latest started among
 * equals. So the parts add up to the whole, children that outlive their parent and parallel ones included.
 */
export function measureSelfTimes(tree: SpanTree): void {
  const spans = tree.spans.filter((span) => span.mergedInto === undefined);
  const edges = [...new Set(spans.flatMap((span) => [span.startMs, span.endMs]))].sort((a, b) => a - b);
  const byStart = [...spans].sort((a, b) => a.startMs - b.startMs);
  let running: FlowSpan[] = [];
  let started = 0;
  for (const [index, from] of edges.entries()) {
    const to = edges[index + 1];
    if (to === undefined) break;
    running = running.filter((span) => span.endMs > from);
    for (let next = byStart[started]; next !== undefined && next.startMs <= from; next = byStart[++started]) {
      if (next.endMs > from) running.push(next);
    }
    const atWork = running.reduce<FlowSpan | undefined>(
      (best, span) => (best && isDeeper(best, span) ? best : span),
      undefined,
    );
    if (atWork !== undefined) atWork.selfMs += to - from;
  }
  const slowest = spans.reduce<FlowSpan | undefined>(
    (most, span) => (most && most.selfMs >= span.selfMs ? most : span),
    undefined,
  );
  if (slowest !== undefined && spans.length > 1 && slowest.selfMs > 0) slowest.slowest = true;
}

function isDeeper(one: FlowSpan, other: FlowSpan): boolean {
  return one.depth === other.depth ? one.startMs > other.startMs : one.depth > other.depth;
}

/** Where the time went, by component, the largest share first. Time in which nothing was seen to run has no share. */
export function sharesOf(tree: SpanTree, clock: FlowClock): TimeShare[] {
  const total = clock.endMs - clock.startMs;
  const byComponent = new Map<string, number>();
  for (const span of tree.spans) {
    const component = isWaitingForWorker(span) ? 'temporal' : span.component;
    byComponent.set(component, (byComponent.get(component) ?? 0) + span.selfMs);
  }
  return [...byComponent]
    .map(([component, ms]) => ({ component, ms, ratio: total > 0 ? ms / total : 0 }))
    .filter((share) => share.ms > 0)
    .sort((a, b) => b.ms - a.ms);
}

/** What is left of a Start span when its Run span is taken out: queues, timers between retries, the server's own work. */
function isWaitingForWorker(span: FlowSpan): boolean {
  return temporalNameOf(span)?.operation.startsWith('Start') === true;
}
