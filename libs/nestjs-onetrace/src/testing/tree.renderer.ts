import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { CollectedSpan } from './collected-span.js';
import { type SpanNode, traceTrees } from './span-node.js';

/** Spans as an indented tree, for messages and for looking at. */
export function renderSpans(spans: readonly CollectedSpan[]): string {
  if (spans.length === 0) return '(no spans)';
  return traceTrees(spans)
    .flatMap(({ traceId, roots, orphans }) => [
      `trace ${traceId}`,
      ...roots.flatMap((root) => renderNode(root, '')),
      ...orphans.flatMap((orphan) => [
        `(parent ${String(orphan.span.parentSpanId)} is missing)`,
        ...renderNode(orphan, '  '),
      ]),
    ])
    .join('\n');
}

function renderNode({ span, children }: SpanNode, indent: string): string[] {
  return [indent + describe(span), ...children.flatMap((child) => renderNode(child, `${indent}  `))];
}

function describe({ name, kind, durationMs, status }: CollectedSpan): string {
  const words = [name, SpanKind[kind], `${durationMs.toFixed(1)} ms`];
  if (status.code === SpanStatusCode.ERROR) words.push(`ERROR ${status.message ?? ''}`.trimEnd());
  return words.join('  ');
}
