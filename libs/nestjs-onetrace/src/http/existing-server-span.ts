import { isSpanContextValid, type Span, SpanKind, trace } from '@opentelemetry/api';

/**
 * The span that an instrumentation beside us (instrumentation-http, Sentry) has started for the request that is about
 * to be handled. The active span alone does not tell: a server that began to listen inside a span has that one active
 * in every request.
 *
 * @param outer what was active before the layers between the server and us ran.
 * @param wrapped whether somebody has put a layer around us.
 */
export function existingServerSpan(outer: Span | undefined, wrapped: boolean): Span | undefined {
  const active = trace.getActiveSpan();
  if (active === undefined || !isSpanContextValid(active.spanContext())) return undefined;
  // Every SDK's span tells its kind, though the interface has no such field; one that is not recorded has none.
  const { kind } = active as { kind?: SpanKind };
  if (kind === undefined) return active !== outer || wrapped ? active : undefined;
  return kind === SpanKind.SERVER && active.isRecording() ? active : undefined;
}
