import { defaultTracingSettings, type EndedSpan, startTracing, stopTracing, tracingRuntime } from '../tracing/index.js';

/** Collects the spans of this process in memory, for tests. */
export interface SpanCollector {
  /** Spans that have ended, in the order of their ends. */
  spans(): EndedSpan[];
  /** Forgets what was collected. */
  reset(): void;
  /** Ends the collection, so that the test runner can end by itself. */
  stop(): Promise<void>;
}

/** Collects what this process traces from now on; the application's `forRoot` joins and exports nothing. */
export function collectSpans(): SpanCollector {
  const collected: EndedSpan[] = [];
  const processor = { onEnd: (span: EndedSpan) => void collected.push(span) };
  startTracing({ ...defaultTracingSettings('test'), export: 'none' });
  const provider = tracingRuntime()?.provider;
  provider?.addProcessor(processor);
  return {
    spans: () => [...collected],
    reset: () => void collected.splice(0),
    stop: async () => {
      provider?.removeProcessor(processor);
      await stopTracing();
    },
  };
}
