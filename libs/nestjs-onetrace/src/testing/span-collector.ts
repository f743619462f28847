import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** Collects the spans of this process in memory, for tests. */
export interface SpanCollector {
  /** Spans that have ended, in the order of their ends. */
  spans(): ReadableSpan[];
  /** Forgets what was collected. */
  reset(): void;
  /** Takes the provider away again, so that the test runner can end by itself. */
  stop(): Promise<void>;
}

/** Registers an in-memory provider for this process; the application's `forRoot` respects it and starts none of its own. */
export function collectSpans(): SpanCollector {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return {
    spans: () => exporter.getFinishedSpans(),
    reset: () => exporter.reset(),
    stop: async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
    },
  };
}
