import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';

/**
 * The spans of a trace from the connector's call down, as an indented tree: kind and name, with `*` for an attempt's changing address.
 * Siblings stand in the order of their beginning.
 */
export function callTree(spans: readonly Span[]): string {
  const lines = (span: Span): string[] => [
    `${span.kind} ${span.name.replace(/127\.0\.0\.1:\d+/, '*')}`,
    ...childrenOf(span).flatMap((child) => lines(child).map((line) => `  ${line}`)),
  ];
  const childrenOf = (parent: Span): Span[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent.spanId)
      .sort((left, right) => left.startMs - right.startMs);
  const root = spans.find(({ name }) => name === 'request');
  return root === undefined ? '' : childrenOf(root).flatMap(lines).join('\n');
}

/** The one span of that name. */
export function spanNamed(spans: readonly Span[], name: string): Span {
  const [span, ...more] = spans.filter((candidate) => candidate.name === name);
  if (span === undefined || more.length > 0) throw new Error(`${more.length + (span ? 1 : 0)} spans ${name}, not one`);
  return span;
}
