import { expect } from '@jest/globals';
import type { CollectedSpan } from './collected-span.js';
import type { SpanCollector } from './telemetry-collector.js';

/** The span of a test that makes one and no more. */
export function onlySpan(spans: SpanCollector): CollectedSpan | undefined {
  expect(spans.spans()).toHaveLength(1);
  return spans.spans()[0];
}
