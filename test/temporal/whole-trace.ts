import { expect } from '@jest/globals';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';

/** One root of that name, no parent that is not there, no span twice. */
export function expectWhole(spans: Span[], root = 'request'): void {
  const ids = spans.map(({ spanId }) => spanId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name)).toEqual([root]);
  const dangling = spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.includes(parentSpanId));
  expect(dangling.map(({ name }) => name)).toEqual([]);
}

/** Names of a span's ancestors and its own, the root first. */
export function ancestry(spans: Span[], span: Span | undefined): string[] {
  const names: string[] = [];
  for (let at = span; at !== undefined; at = spans.find(({ spanId }) => spanId === at?.parentSpanId))
    names.push(at.name);
  return names.reverse();
}
