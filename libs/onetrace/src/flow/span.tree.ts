import type { Span } from '../telemetry/span.js';
import type { FlowSpan } from './flow.js';
import { attemptOf, componentOf, httpStatusOf, sameRun, tellsOutcome, temporalNameOf } from './span.facts.js';
import type { RebuiltSpan } from './span.rebuilder.js';

/** A RunWorkflow span that only marks the start is this short. */
const MARK_MS = 1;
/** A line, from which a start was rebuilt, is written a little after the moment that its span would have. */
const LATE_MS = 1000;

/** Spans by their parents. */
export class SpanTree {
  private readonly byId = new Map<string, FlowSpan>();
  private readonly children = new Map<string | undefined, FlowSpan[]>();
  /** By time, parents before their children. */
  readonly spans: FlowSpan[];

  constructor(received: readonly Span[], rebuilt: readonly RebuiltSpan[]) {
    const all = [
      ...received.map((span) => flowSpan(span, 'ended', false)),
      ...rebuilt.map(({ span, ended }) => flowSpan(span, ended ? 'ended' : 'open', true)),
    ];
    for (const span of all) this.byId.set(span.spanId, span);
    mergeWorkflowEnds(all);
    this.link(all);
    this.spans = this.inOrder();
  }

  /** Spans shown at the left edge: the roots, and those whose parent is missing. */
  get tops(): FlowSpan[] {
    return this.childrenOf(undefined);
  }

  /** The span of this ID; the RunWorkflow span for the CompleteWorkflow span that was merged into it. */
  shown(spanId: string | undefined): FlowSpan | undefined {
    const span = spanId === undefined ? undefined : this.byId.get(spanId);
    return span?.mergedInto === undefined ? span : this.byId.get(span.mergedInto);
  }

  has(spanId: string): boolean {
    return this.byId.has(spanId);
  }

  parentOf(span: FlowSpan): FlowSpan | undefined {
    const parent = this.shown(span.parentSpanId);
    return parent === span ? undefined : parent;
  }

  childrenOf(span: FlowSpan | undefined): FlowSpan[] {
    return this.children.get(span?.spanId) ?? [];
  }

  private link(all: FlowSpan[]): void {
    for (const span of all) {
      if (span.mergedInto !== undefined) continue;
      const parent = this.isInLoop(span) ? undefined : this.parentOf(span)?.spanId;
      this.children.set(parent, [...(this.children.get(parent) ?? []), span]);
    }
    for (const siblings of this.children.values()) siblings.sort((a, b) => a.startMs - b.startMs);
  }

  /** A sender that reuses span IDs can close a ring; without a top none of it would be shown. */
  private isInLoop(span: FlowSpan): boolean {
    const seen = new Set<string>();
    let current: FlowSpan | undefined = span;
    while (current !== undefined && !seen.has(current.spanId)) {
      seen.add(current.spanId);
      current = this.parentOf(current);
    }
    return current === span;
  }

  /** A child whose clock runs behind its parent's still comes after it. */
  private inOrder(): FlowSpan[] {
    const placed: { span: FlowSpan; at: number }[] = [];
    const pending = this.tops.map((span) => ({ span, at: span.startMs, depth: 0 }));
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { span, at, depth } = next;
      span.depth = depth;
      placed.push({ span, at });
      for (const child of this.childrenOf(span))
        pending.push({ span: child, at: Math.max(at, child.startMs), depth: depth + 1 });
    }
    placed.sort((a, b) => a.at - b.at || a.span.depth - b.span.depth);
    const shown = placed.map(({ span }) => span);
    return [...shown, ...[...this.byId.values()].filter((span) => span.mergedInto !== undefined)];
  }
}

function flowSpan(span: Span, state: FlowSpan['state'], rebuilt: boolean): FlowSpan {
  const attempt = attemptOf(span);
  const httpStatus = httpStatusOf(span);
  return {
    ...span,
    component: componentOf(span),
    depth: 0,
    state,
    rebuilt,
    failed: false,
    recovered: false,
    selfMs: 0,
    slowest: false,
    ...(attempt !== undefined && { attempt }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
}

/** A workflow is exported as two marks, at its start and at its end: here they become one span of that duration. */
function mergeWorkflowEnds(all: FlowSpan[]): void {
  const ends = all.filter((span) => temporalNameOf(span)?.operation === 'CompleteWorkflow');
  for (const run of all) {
    const name = temporalNameOf(run);
    if (name?.operation !== 'RunWorkflow' || run.endMs - run.startMs >= MARK_MS || tellsOutcome(run)) continue;
    const earliestMs = run.startMs - (run.rebuilt ? LATE_MS : 0);
    const ofRun = ends.filter(
      (end) => end.mergedInto === undefined && temporalNameOf(end)?.type === name.type && end.endMs >= earliestMs,
    );
    // After a reset the same run ends twice, the second time under another run ID: the last end holds.
    const end =
      ofRun
        .filter(({ parentSpanId }) => parentSpanId === run.spanId)
        .toSorted((a, b) => a.endMs - b.endMs)
        .at(-1) ?? ofRun.find((candidate) => sameRun(run, candidate));
    if (end === undefined) {
      if (!run.rebuilt) run.state = 'open';
      continue;
    }
    run.state = 'ended';
    end.mergedInto = run.spanId;
    run.endMs = Math.max(run.startMs, end.endMs);
    run.events.push(...end.events);
    run.links.push(...end.links);
    run.attributes = { ...end.attributes, ...run.attributes };
    if (end.status !== 'unset') run.status = end.status;
    if (end.statusMessage !== undefined) run.statusMessage = end.statusMessage;
  }
}
