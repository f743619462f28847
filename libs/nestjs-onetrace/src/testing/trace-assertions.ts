import { AssertionError } from 'node:assert';
import type { CollectedSpan } from './collected-span.js';
import { type SpanNode, traceTrees } from './span-node.js';
import { renderSpans } from './tree.renderer.js';

/**
 * Asserts that the spans make one whole trace: one trace ID, one root, and no span whose parent is missing. A parent in
 * another process, such as the caller that sent `traceparent`, is not missing.
 *
 * @returns the root, to go on from.
 * @throws AssertionError that shows the spans as a tree.
 */
export function expectOneTrace(spans: readonly CollectedSpan[]): SpanNode {
  const trees = traceTrees(spans);
  const [tree] = trees;
  if (tree === undefined || trees.length > 1) throw failure(`expected one trace, got ${trees.length}`, spans);
  const [orphan] = tree.orphans;
  if (orphan !== undefined) throw failure(`expected no dangling parent, but that of "${orphan.span.name}" is`, spans);
  const [root] = tree.roots;
  if (root === undefined || tree.roots.length > 1) throw failure(`expected one root, got ${tree.roots.length}`, spans);
  return root;
}

/**
 * The one span of this name, or that a pattern finds.
 *
 * @throws AssertionError when there is none or more than one.
 */
export function findSpan(spans: readonly CollectedSpan[], name: string | RegExp): CollectedSpan {
  // `search` ignores the state that a global or sticky pattern carries from one use to the next.
  const found = spans.filter((span) => (typeof name === 'string' ? span.name === name : span.name.search(name) !== -1));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw failure(
      `expected one span ${typeof name === 'string' ? `"${name}"` : String(name)}, got ${found.length}`,
      spans,
    );
  }
  return only;
}

/** The children of a span, in the order of their starts. */
export function childrenOf(spans: readonly CollectedSpan[], parent: CollectedSpan): CollectedSpan[] {
  return spans
    .filter((span) => span.traceId === parent.traceId && span.parentSpanId === parent.spanId)
    .sort((a, b) => a.startTimeMs - b.startTimeMs);
}

function failure(message: string, spans: readonly CollectedSpan[]): AssertionError {
  return new AssertionError({ message: `${message}\n\n${renderSpans(spans)}`, stackStartFn: failure });
}
