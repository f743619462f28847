import { afterAll, beforeEach } from '@jest/globals';
import { collectSpans, type SpanCollector } from './telemetry-collector.js';

/** Collects the spans of a spec file: each test begins without any, and the collection ends with the file. */
export function spansOfEachTest(): SpanCollector {
  const spans = collectSpans();
  beforeEach(() => spans.reset());
  afterAll(() => spans.stop());
  return spans;
}
