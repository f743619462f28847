import { expect, it } from '@jest/globals';
import { context } from '@opentelemetry/api';
import { isTracingSuppressed } from '../../context/index.js';
import type { EndedSpan } from '../ended-span.js';
import { endedSpan } from '../ended-span.fixture.js';
import { setNoticeSink } from '../notice.js';
import { BatchSpanProcessor } from './batch-span.processor.js';
import { droppedSpans } from './dropped-spans.js';
import { createContextManager } from './opentelemetry.js';
import type { SpanExporter } from './span-exporter.js';

const LIMITS = { delayMs: 60_000, batchSpans: 2, queueSpans: 100, bytes: 1e6, inFlight: 2, exportTimeoutMs: 1000 };
setNoticeSink(() => undefined);

/** An exporter whose exports end when the test says so. */
function heldExporter() {
  const exports: { readonly spans: EndedSpan[]; readonly end: () => void }[] = [];
  const exporter: SpanExporter = {
    export: (spans) => new Promise((resolve) => void exports.push({ spans, end: resolve })),
    hurry: () => undefined,
    abort: () => exports.forEach(({ end }) => end()),
  };
  return { exporter, exports };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const keep = (span: EndedSpan): EndedSpan => span;

it('keeps no more batches under way than allowed; the next goes when one is done', async () => {
  const { exporter, exports } = heldExporter();
  const processor = new BatchSpanProcessor(exporter, LIMITS, keep);
  for (let i = 0; i < 7; i += 1) processor.onEnd(endedSpan());
  expect(exports).toHaveLength(0);
  await turn();
  expect(exports).toHaveLength(2);
  exports[0]?.end();
  await turn();
  expect(exports).toHaveLength(3);
  const before = droppedSpans().get('shutdown') ?? 0;
  await processor.shutdown(10);
  // The last one had no turn within the deadline: it is counted.
  expect(exports.map(({ spans }) => spans.length)).toEqual([2, 2, 2]);
  expect(droppedSpans().get('shutdown')).toBe(before + 1);
});

it('bounds the bytes that it holds, those under way included', async () => {
  const { exporter, exports } = heldExporter();
  const processor = new BatchSpanProcessor(exporter, { ...LIMITS, bytes: 25_000 }, keep);
  const before = droppedSpans().get('queue_full') ?? 0;
  const large = (): EndedSpan => endedSpan({ attributes: { text: 'x'.repeat(10_000) } });
  for (let i = 0; i < 4; i += 1) processor.onEnd(large());
  await turn();
  processor.onEnd(large());
  expect(exports.map(({ spans }) => spans.length)).toEqual([2]);
  expect(droppedSpans().get('queue_full')).toBe(before + 3);
  exports[0]?.end();
  await turn();
  processor.onEnd(large());
  expect(droppedSpans().get('queue_full')).toBe(before + 3);
  await processor.shutdown(10);
});

it('never exports a span that could not be prepared, and loses no other by it', async () => {
  const { exporter, exports } = heldExporter();
  const before = droppedSpans().get('failure') ?? 0;
  const processor = new BatchSpanProcessor(exporter, LIMITS, (span) => {
    if (span.name === 'hostile') throw new Error('no');
    return span;
  });
  processor.onEnd(endedSpan({ name: 'hostile' }));
  processor.onEnd(endedSpan({ name: 'good' }));
  await turn();
  expect(exports.map(({ spans }) => spans.map(({ name }) => name))).toEqual([['good']]);
  expect(droppedSpans().get('failure')).toBe(before + 1);
  await processor.shutdown(10);
});

it('survives an exporter that rejects', async () => {
  const before = droppedSpans().get('failure') ?? 0;
  const processor = new BatchSpanProcessor(
    { export: () => Promise.reject(new Error('no')), hurry: () => undefined, abort: () => undefined },
    LIMITS,
    keep,
  );
  processor.onEnd(endedSpan());
  await processor.shutdown(1000);
  expect(droppedSpans().get('failure')).toBe(before + 1);
});

it('marks its own work, so that no instrumentation makes spans of it', async () => {
  const marks: boolean[] = [];
  const exporter: SpanExporter = {
    export: async () => void marks.push(isTracingSuppressed(context.active())),
    hurry: () => undefined,
    abort: () => undefined,
  };
  const manager = createContextManager().enable();
  context.setGlobalContextManager(manager);
  const processor = new BatchSpanProcessor(exporter, LIMITS, keep);
  processor.onEnd(endedSpan());
  await processor.shutdown(1000);
  context.disable();
  expect(marks).toEqual([true]);
});
