import type { Span } from '../../../libs/onetrace/src/telemetry/span.ts';

/**
 * Spans as an indented tree, a line each: service, kind, name and the name of the span that it is linked to. Siblings
 * are in alphabetical order; a span whose parent is not there stands on the left, as `orphan`.
 */
export function spanTree(spans: readonly Span[]): string {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const lines = (span: Span): string[] => {
    const links = span.links.map(({ spanId }) => ` -> ${byId.get(spanId)?.name ?? 'nothing'}`);
    const orphan = span.parentSpanId !== undefined && !byId.has(span.parentSpanId) ? 'orphan ' : '';
    return [
      `${orphan}${span.resource['service.name'] as string} ${span.kind} ${span.name}${links.join('')}`,
      ...sorted(spans.filter(({ parentSpanId }) => parentSpanId === span.spanId).map(lines)).map((line) => `  ${line}`),
    ];
  };
  const tops = spans.filter(({ parentSpanId }) => parentSpanId === undefined || !byId.has(parentSpanId));
  return sorted(tops.map(lines)).join('\n');
}

function sorted(subtrees: string[][]): string[] {
  return subtrees.sort(([left = ''], [right = '']) => (left < right ? -1 : 1)).flat();
}
