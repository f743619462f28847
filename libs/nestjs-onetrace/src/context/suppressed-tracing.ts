import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { holdsOnlyOurs, withRest } from './flat-context.js';

// The name is OpenTelemetry's (package core); exporters set it around their own requests.
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const SUPPRESSED = ROOT_CONTEXT.setValue(SUPPRESS_TRACING, true);

/** Whether a context forbids spans, as exporters do for their own requests. */
export function isTracingSuppressed(ctx: Context): boolean {
  return !holdsOnlyOurs(ctx) && ctx.getValue(SUPPRESS_TRACING) === true;
}

/** A context in which every instrumentation of OpenTelemetry stays silent, ours included. */
export function suppressTracing(ctx: Context): Context {
  return holdsOnlyOurs(ctx) ? withRest(ctx, SUPPRESSED) : ctx.setValue(SUPPRESS_TRACING, true);
}
