import { trace, type TracerProvider } from '@opentelemetry/api';
import { COMPONENT_MARK } from './component-mark.js';
import { ensureContextManager } from './context-set-up.js';
import type { SpanResource } from './ended-span.js';
import { applyPrivacyAtTheSource, leavePrivacyToTheExport } from './foreign-privacy.js';
import { flushProvider, foreignOutlet, registeredProvider, type SpanOutlet } from './foreign-provider.js';
import { noticeOnce } from './notice.js';
import { delegateTo, otherBuildsProxies } from './other-api-builds.js';
import { createSampler, OnetraceTracerProvider, resolveSpanLimits } from './provider/index.js';
import { configureRedaction } from './redaction/index.js';
import { createResource } from './resource.js';
import { safely } from './safely.js';
import { SpanPipeline } from './span-pipeline.js';
import { defaultTracingSettings, type TracingSettings } from './tracing-options.js';
import { noticeUnusedSampling } from './unused-sampling.js';
import { withinDeadline } from './within-deadline.js';

/** What runs for tracing in this process. */
export interface TracingRuntime extends SpanOutlet {
  readonly resource: SpanResource;
  readonly provider: OnetraceTracerProvider;
  /** Hands over what has ended so far; resolves also when the receiver is gone. */
  flush(): Promise<void>;
}

interface SharedState {
  users: number;
  /** Tests that collect spans. */
  collectors: number;
  runtime: (TracingRuntime & { stop(): Promise<void> }) | undefined;
  /** Undoes the context manager that was registered beside an application's own provider. */
  releaseContext: (() => void) | undefined;
  /** Has an application's own provider hand over what has ended, within the deadline. */
  flushForeign: (() => Promise<void>) | undefined;
}

// Shared by every copy of the library and every application in the process: one provider, stopped by the last user.
const STATE_KEY = Symbol.for('onetrace.tracing.runtime');
const state = ((globalThis as { [STATE_KEY]?: SharedState })[STATE_KEY] ??= {
  users: 0,
  collectors: 0,
  runtime: undefined,
  releaseContext: undefined,
  flushForeign: undefined,
});

/**
 * Starts tracing for this process, or joins what already runs. A provider that the application registered itself is
 * respected: none is started beside it, and our spans go where its spans go. Every call is paired with one `stopTracing`.
 */
export function startTracing(settings: TracingSettings): void {
  state.users += 1;
  if (state.runtime !== undefined) {
    // A test was there first: from now on with the settings of its application.
    if (state.users > 1 || state.collectors === 0) return;
    void state.runtime.stop();
    state.runtime = startRuntime(collected(settings));
    return;
  }
  const provider = registeredProvider();
  if (provider === undefined) state.runtime = startRuntime(settings);
  else startBeside(provider, settings);
}

function startBeside(provider: TracerProvider, settings: TracingSettings): void {
  state.releaseContext ??= ensureContextManager();
  state.flushForeign = () => withinDeadline(flushProvider(provider), settings.shutdownTimeoutMs);
  configureRedaction([settings.privacy]);
  applyPrivacyAtTheSource();
  noticeUnusedSampling(settings.sampling);
}

/**
 * Sees to it that there are spans to collect, with or without an application; false beside a provider that is not ours.
 * Every call that says true is paired with one `stopCollecting`.
 */
export function startCollecting(): boolean {
  if (state.runtime === undefined) {
    if (registeredProvider() !== undefined) return false;
    state.runtime = startRuntime(collected(defaultTracingSettings('test')));
  }
  state.collectors += 1;
  return true;
}

/** Ends one collection; nothing is left when it was the last and no application runs. Never rejects. */
export async function stopCollecting(): Promise<void> {
  state.collectors = Math.max(0, state.collectors - 1);
  await stopUnused();
}

/** What a test collects does not leave the process, and is not left to chance. */
function collected(settings: TracingSettings): TracingSettings {
  return { ...settings, export: 'none', sampling: { ...settings.sampling, ratio: 1 } };
}

function startRuntime(settings: TracingSettings): SharedState['runtime'] {
  configureRedaction([settings.privacy]);
  const resource = createResource(settings);
  const pipeline = new SpanPipeline(settings);
  const provider = new OnetraceTracerProvider({
    resource,
    sampler: createSampler(settings.sampling),
    limits: resolveSpanLimits(settings.limits, settings.privacy.hash),
    processor: {
      onEnd: (span) => pipeline.onEnd(span),
      forceFlush: () => pipeline.flush(settings.shutdownTimeoutMs),
    },
  });
  const releaseContext = ensureContextManager();
  const others = otherBuildsProxies();
  const registered = trace.setGlobalTracerProvider(provider);
  const releaseOthers = delegateTo(provider, registered ? others : []);
  return {
    resource,
    provider,
    onEnd: provider.onEnd,
    flush: () => pipeline.flush(settings.shutdownTimeoutMs),
    stop: () => {
      // Before the flush, which takes time: a start meanwhile (hot reload) must not take this provider for a foreign one.
      releaseOthers();
      if (registeredProvider() === provider) trace.disable();
      releaseContext();
      return pipeline.shutdown(settings.shutdownTimeoutMs);
    },
  };
}

/** Ends one use of tracing; the last one flushes within the deadline and stops it. Never rejects. */
export async function stopTracing(): Promise<void> {
  state.users = Math.max(0, state.users - 1);
  await stopUnused();
}

async function stopUnused(): Promise<void> {
  const { runtime, releaseContext, flushForeign, users, collectors } = state;
  if (users + collectors > 0) return runtime === undefined ? flushForeign?.() : runtime.flush();
  state.runtime = undefined;
  state.flushForeign = undefined;
  state.releaseContext = undefined;
  leavePrivacyToTheExport();
  releaseContext?.();
  await Promise.all([runtime?.stop(), flushForeign?.()]);
}

/** Has every span say its component, or no longer: for a process whose applications have several. */
export function markComponents(marked: boolean): void {
  state.runtime?.provider.removeProcessor(COMPONENT_MARK);
  if (marked) state.runtime?.provider.addProcessor(COMPONENT_MARK);
}

/** What runs in this process; `undefined` before the start, and beside an application's own provider. */
export function tracingRuntime(): TracingRuntime | undefined {
  return state.runtime;
}

const outlets = new WeakMap<TracerProvider, SpanOutlet>();

/**
 * Where spans go that no tracer of this process measured: our pipeline, else that of the application's own provider,
 * else nowhere.
 */
export function spanOutlet(): SpanOutlet | undefined {
  if (state.runtime !== undefined) return state.runtime;
  const provider = registeredProvider();
  if (provider === undefined) return undefined;
  const known = outlets.get(provider);
  if (known !== undefined) return known;
  const outlet = safely('foreign pipeline', () => foreignOutlet(provider));
  if (outlet === undefined) {
    noticeOnce(
      'foreign-provider',
      "the application's own OpenTelemetry provider shows no span processor; spans of nginx and of workflow code are left out",
    );
    return undefined;
  }
  outlets.set(provider, outlet);
  return outlet;
}
