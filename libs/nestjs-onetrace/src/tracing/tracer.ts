import { type Tracer, trace } from '@opentelemetry/api';

/** Name of the instrumentation scope of every span of this library. */
export const SCOPE = { name: 'nestjs-onetrace', version: '0.1.0' } as const;

/**
 * The library's tracer. Asked for each time: a cached tracer of the no-op provider would outlive the moment
 * in which the application registers its own.
 */
export function getTracer(): Tracer {
  return trace.getTracer(SCOPE.name, SCOPE.version);
}
