import type { CollectedSpan } from './collected-span.js';

/** A span with its children, in the order of their starts. */
export interface SpanNode {
  readonly span: CollectedSpan;
  readonly children: readonly SpanNode[];
}

/** The spans of one trace, put together. */
export interface TraceTree {
  readonly traceId: string;
  /** Spans without a parent, or whose parent is in another process. */
  readonly roots: readonly SpanNode[];
  /** Spans whose parent should be here, and is not. */
  readonly orphans: readonly SpanNode[];
}

/** Puts spans together, one tree for each trace, in the order in which the traces began. */
export function traceTrees(spans: readonly CollectedSpan[]): TraceTree[] {
  const byTrace = Map.groupBy(inOrder(spans), (span) => span.traceId);
  return [...byTrace].map(([traceId, members]) => treeOf(traceId, members));
}

function treeOf(traceId: string, spans: readonly CollectedSpan[]): TraceTree {
  const known = new Set(spans.map((span) => span.spanId));
  const byParent = Map.groupBy(spans, (span) => span.parentSpanId);
  const node = (span: CollectedSpan): SpanNode => ({
    span,
    children: (byParent.get(span.spanId) ?? []).map(node),
  });
  const tops = spans.filter((span) => span.parentSpanId === undefined || !known.has(span.parentSpanId));
  const isRoot = (span: CollectedSpan): boolean =>
    span.parentSpanId === undefined || span.parentSpanContext?.isRemote === true;
  return {
    traceId,
    roots: tops.filter(isRoot).map(node),
    orphans: tops.filter((span) => !isRoot(span)).map(node),
  };
}

// Spans come in the order of their ends; of two that started in the same microsecond the parent ended last.
function inOrder(spans: readonly CollectedSpan[]): CollectedSpan[] {
  return [...spans].reverse().sort((a, b) => a.startTimeMs - b.startTimeMs);
}
