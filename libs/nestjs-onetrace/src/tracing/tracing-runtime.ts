import { context, ProxyTracerProvider, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Resource } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  ParentBasedSampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { createResource } from './resource.js';
import { safely } from './safely.js';
import { createSpanProcessors } from './span-pipeline.js';
import type { TracingSettings } from './tracing-options.js';

/** What runs for tracing in this process. */
export interface TracingRuntime {
  readonly resource: Resource;
  readonly processors: readonly SpanProcessor[];
  /** Hands over what has ended so far; resolves also when the receiver is gone. */
  flush(): Promise<void>;
}

interface SharedState {
  users: number;
  runtime: (TracingRuntime & { stop(): Promise<void> }) | undefined;
}

// Shared by every copy of the library and every application in the process: one provider, stopped by the last user.
const STATE_KEY = Symbol.for('onetrace.tracing.runtime');
const state = ((globalThis as { [STATE_KEY]?: SharedState })[STATE_KEY] ??= { users: 0, runtime: undefined });

/** Longest wait for the last spans at shutdown, in milliseconds. */
const SHUTDOWN_DEADLINE_MS = 5000;

/**
 * Starts tracing for this process, or joins what already runs. A provider that the application registered itself is
 * respected: none is started beside it. Every call is paired with one `stopTracing`.
 */
export function startTracing(settings: TracingSettings): void {
  state.users += 1;
  if (state.runtime !== undefined || hasForeignProvider()) return;
  const resource = createResource(settings);
  const processors = createSpanProcessors(settings.export);
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: processors,
    ...(settings.sampling.ratio === undefined
      ? {}
      : { sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.sampling.ratio) }) }),
  });
  // False when the application brought its own context manager: then that one carries our context too.
  const contextManager = new AsyncLocalStorageContextManager().enable();
  const ownsContext = context.setGlobalContextManager(contextManager);
  trace.setGlobalTracerProvider(provider);
  state.runtime = {
    resource,
    processors,
    flush: () => settle(provider.forceFlush()),
    stop: async () => {
      trace.disable();
      if (ownsContext) context.disable();
      await settle(provider.shutdown());
    },
  };
}

/** Ends one use of tracing; the last one flushes within a deadline and stops it. Never rejects. */
export async function stopTracing(): Promise<void> {
  state.users = Math.max(0, state.users - 1);
  const runtime = state.runtime;
  if (runtime === undefined) return;
  if (state.users > 0) return runtime.flush();
  state.runtime = undefined;
  await runtime.stop();
}

/** What runs in this process; `undefined` before the start, and beside an application's own provider. */
export function tracingRuntime(): TracingRuntime | undefined {
  return state.runtime;
}

function hasForeignProvider(): boolean {
  const provider = trace.getTracerProvider();
  const delegate = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  return delegate.constructor.name !== 'NoopTracerProvider';
}

async function settle(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SHUTDOWN_DEADLINE_MS);
  });
  // A receiver that is gone was said once by the exporter; here only the deadline matters.
  await Promise.race([
    work.catch(
      (error: unknown) =>
        void safely('flush', () => {
          throw error;
        }),
    ),
    deadline,
  ]);
  clearTimeout(timer);
}
