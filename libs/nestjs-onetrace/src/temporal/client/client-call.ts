import { type Attributes, type Context, context, type Link, type Span, SpanKind, trace } from '@opentelemetry/api';
import { formatBaggage, getIdentity, type Identity, injectTrace } from '../../context/index.js';
import { ATTR, COMPONENTS, HEADERS, TEMPORAL } from '../../semantics/index.js';
import { getTracer, recordFailure, safely } from '../../tracing/index.js';
import { type PayloadHeaders, withNexusTrace, withTracerData } from '../workflow/tracer-data.js';

/** A call of Temporal's client inside its span. */
export interface ClientCall {
  readonly span: Span;
  /** Trace ID of the call; `undefined` where there is no trace at all. */
  readonly traceId: string | undefined;
  /** Span ID of the caller. */
  readonly parentSpanId: string | undefined;
  /** Headers that make the call's span the parent of the other side. */
  headers<Headers extends PayloadHeaders>(headers: Headers): Headers;
  /** Headers by which runs that begin later, each a trace of its own, are linked to the call's span. */
  creatorHeaders<Headers extends PayloadHeaders>(headers: Headers): Headers;
  /** The same context as the plain texts that Nexus carries. */
  textHeaders(headers: Readonly<Record<string, string>> | undefined): Record<string, string>;
}

/** Where the span of a call stands. */
export interface CallPlace {
  readonly parent: Context;
  readonly links?: Link[];
}

/**
 * Runs a call of Temporal's client in a CLIENT span that is active meanwhile. The result or error of the call passes
 * through untouched, also when tracing fails.
 */
export async function tracedClientCall<Result>(
  name: string,
  attributes: Attributes,
  run: (call: ClientCall | undefined) => Promise<Result>,
  place: () => CallPlace = () => ({ parent: context.active() }),
): Promise<Result> {
  const opened = safely('temporal.client', () => open(name, attributes, place()));
  if (opened === undefined) return run(undefined);
  const { ctx, call } = opened;
  try {
    return await context.with(ctx, run, undefined, call);
  } catch (error) {
    safely('temporal.client', () => recordFailure(call.span, error));
    throw error;
  } finally {
    safely('temporal.client', () => call.span.end());
  }
}

function open(
  name: string,
  attributes: Attributes,
  { parent, links = [] }: CallPlace,
): { ctx: Context; call: ClientCall } {
  const span = getTracer().startSpan(
    name,
    { kind: SpanKind.CLIENT, links, attributes: { ...attributes, [ATTR.component]: COMPONENTS.temporal } },
    parent,
  );
  const ctx = trace.setSpan(parent, span);
  const carrier: Record<string, string> = {};
  injectTrace(ctx, carrier);
  return {
    ctx,
    call: {
      span,
      traceId: carrier['traceparent'] === undefined ? undefined : span.spanContext().traceId,
      parentSpanId: trace.getSpanContext(parent)?.spanId,
      headers: (headers) => withTracerData(headers, carrier) as typeof headers,
      creatorHeaders: (headers) =>
        withTracerData(headers, creatorCarrier(ctx), TEMPORAL.creatorHeader) as typeof headers,
      textHeaders: (headers) => withNexusTrace(headers, carrier),
    },
  };
}

/** What every later run has from its creator: whom it works for, but neither the one request nor its wish for debug lines. */
function creatorCarrier(ctx: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  injectTrace(ctx, carrier, { baggage: false });
  const { clientId, pipelineId, tenantId, userId } = getIdentity(ctx);
  const baggage = formatBaggage(present({ clientId, pipelineId, tenantId, userId }));
  return baggage === undefined ? carrier : { ...carrier, [HEADERS.baggage]: baggage };
}

function present(identity: { readonly [Field in keyof Identity]: string | undefined }): Identity {
  return Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined));
}
