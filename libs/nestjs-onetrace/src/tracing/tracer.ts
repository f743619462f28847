import { type Tracer, trace } from '@opentelemetry/api';
import { privateTracer } from './foreign-privacy.js';
import { SCOPE } from './instrumentation-scope.js';

/**
 * The library's tracer. Asked for each time: a cached tracer of the no-op provider would outlive the moment
 * in which the application registers its own.
 */
export function getTracer(): Tracer {
  return privateTracer(trace.getTracer(SCOPE.name, SCOPE.version));
}
