import { createRequire } from 'node:module';
import { type ProxyTracerProvider, trace, type TracerProvider } from '@opentelemetry/api';
import { hasTracer, isProxy } from './foreign-provider.js';
import { safely } from './safely.js';

/** The file that `require('@opentelemetry/api')` loads: of 1.9 and before, and of 1.10, which has another for `import`. */
const REQUIRED_API = /[\\/]@opentelemetry[\\/]api[\\/](?:build[\\/]src[\\/]index\.js|dist[\\/]index\.cjs)$/;

/**
 * The proxies of those builds of the API that are loaded beside ours and have no provider yet. A tracer that was fetched
 * early, when a file was loaded or by a preloaded instrumentation, asks the proxy of the build it came from for ever, and
 * a registration reaches that of one build only. To be asked for before it: afterwards every build shows the registered one.
 *
 * Builds that are loaded later need nothing: they find the registered provider.
 */
export function otherBuildsProxies(): readonly ProxyTracerProvider[] {
  return safely('other builds of the API', findProxies) ?? [];
}

function findProxies(): readonly ProxyTracerProvider[] {
  const own = trace.getTracerProvider();
  // All requires of a process have one cache; the name only has to be an absolute path.
  const { cache } = createRequire(process.execPath);
  const found = new Set<ProxyTracerProvider>();
  for (const file of Object.keys(cache)) {
    if (!REQUIRED_API.test(file)) continue;
    const api = cache[file]?.exports as { trace?: typeof trace } | undefined;
    const provider = api?.trace?.getTracerProvider();
    if (provider !== undefined && provider !== own && isProxy(provider) && !hasTracer(provider)) found.add(provider);
  }
  return [...found];
}

/** Has the proxies answer with a provider; returns how to undo it where nobody has set another since. */
export function delegateTo(provider: TracerProvider, proxies: readonly ProxyTracerProvider[]): () => void {
  for (const proxy of proxies) proxy.setDelegate(provider);
  return () => {
    for (const proxy of proxies) {
      if (proxy.getDelegate() !== provider) continue;
      // As it was before; the API's type does not know that state.
      proxy.setDelegate(undefined as unknown as TracerProvider);
    }
  };
}
