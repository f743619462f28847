import { type ProxyTracerProvider, trace, type TracerProvider } from '@opentelemetry/api';
import type { EndedSpan, SpanResource } from './ended-span.js';
import { privateSpan } from './foreign-privacy.js';
import { SCOPE } from './instrumentation-scope.js';

/** What SDK 2 and SDK 3 keep inside a provider, by the same names; checked before use, because nobody promised them. */
interface ProviderInternals {
  readonly _activeSpanProcessor?: { onEnd?(span: EndedSpan): void };
  readonly _resource?: SpanResource;
}

/** Takes spans that were measured elsewhere into a pipeline. */
export interface SpanOutlet {
  /** The resource of the process; `undefined` where it is not known. */
  readonly resource: SpanResource | undefined;
  onEnd(span: EndedSpan): void;
}

/** The provider registered in this process; `undefined` where there is none. */
export function registeredProvider(): TracerProvider | undefined {
  const provider = trace.getTracerProvider();
  if (!isProxy(provider)) return provider;
  return hasTracer(provider) ? provider.getDelegate() : undefined;
}

/** Whether this is the proxy of an API. By shape, not by class: the application may have its own copy of the API. */
export function isProxy(provider: TracerProvider): provider is ProxyTracerProvider {
  const { getDelegateTracer, getDelegate } = provider as Partial<ProxyTracerProvider>;
  return typeof getDelegateTracer === 'function' && typeof getDelegate === 'function';
}

/** A proxy of the API has a tracer only when somebody has registered a provider. */
export function hasTracer(proxy: ProxyTracerProvider): boolean {
  try {
    return proxy.getDelegateTracer(SCOPE.name, SCOPE.version) !== undefined;
  } catch {
    // A provider that throws is one; what it does to our spans is swallowed where they are made.
    return true;
  }
}

/** The pipeline of an application's own provider; `undefined` where this provider does not show one. */
export function foreignOutlet(provider: TracerProvider): SpanOutlet | undefined {
  const { _activeSpanProcessor: processor, _resource: resource } = provider as TracerProvider & ProviderInternals;
  if (typeof processor?.onEnd !== 'function') return undefined;
  return {
    resource: typeof resource?.merge === 'function' ? resource : undefined,
    onEnd: (span) => processor.onEnd?.(privateSpan(span)),
  };
}

/**
 * Has an application's own provider hand over what has ended: after our end nobody may come who does. Stopping it stays
 * the application's. Does nothing to a provider that cannot.
 */
export async function flushProvider(provider: TracerProvider): Promise<void> {
  await (provider as TracerProvider & { forceFlush?(): Promise<void> }).forceFlush?.();
}
