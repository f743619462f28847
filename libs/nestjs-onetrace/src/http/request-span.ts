import type { IncomingMessage } from 'node:http';
import { type Attributes, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Identity } from '../context/index.js';
import { ATTR, hasValidIds, SPAN_NAMES } from '../semantics/index.js';
import { getTracer, recordFailure, unrecordedSpan } from '../tracing/index.js';
import type { IncomingContext } from './incoming-context.js';
import type { Interruption } from './interruption.js';
import { isKnownMethod, OTHER_METHOD } from './request-method.js';
import type { RequestOrigin } from './request-origin.js';

/** How a request ended. */
export interface RequestOutcome {
  readonly route: string | undefined;
  /** Absent when no headers were sent. */
  readonly status: number | undefined;
  /** What ended it before its answer was complete. */
  readonly interrupted: Interruption | undefined;
  /** What was thrown, where the answer tells of a failure of the server. */
  readonly error: { readonly thrown: unknown } | undefined;
  /** Why it was refused, where the answer tells of a fault of the client. */
  readonly refusal: string | undefined;
  /** Bytes of the request's body that came, and of the response's that went. */
  readonly requestBytes: number;
  readonly responseBytes: number;
}

const INTERRUPTED: Readonly<Record<Interruption, string>> = {
  aborted: 'request aborted by the client',
  timeout: 'request timed out',
  cut_off: 'answer cut off by the server',
};
const UNKNOWN_METHOD_NAME = 'HTTP';
const LONGEST_USER_AGENT = 256;
const LONGEST_METHOD = 32;

/**
 * Starts the SERVER span of a request by OpenTelemetry's stable HTTP conventions. Where an instrumentation beside us has
 * started one for the same request, that one is enriched instead: a request has one SERVER span.
 */
export function startRequestSpan(
  request: IncomingMessage,
  requestPath: string,
  incoming: IncomingContext,
  origin: RequestOrigin,
  existing: Span | undefined,
): Span {
  const method = request.method ?? 'GET';
  const known = isKnownMethod(method);
  const attributes: Attributes = {
    [ATTR.httpRequestMethod]: known ? method : OTHER_METHOD,
    [ATTR.urlPath]: requestPath,
    [ATTR.urlScheme]: origin.scheme,
    // "2" rather than Node's "2.0", by the conventions.
    [ATTR.networkProtocolVersion]: request.httpVersionMajor > 1 ? `${request.httpVersionMajor}` : request.httpVersion,
  };
  if (!known) attributes[ATTR.httpRequestMethodOriginal] = method.slice(0, LONGEST_METHOD);
  if (origin.serverAddress !== undefined) attributes[ATTR.serverAddress] = origin.serverAddress;
  if (origin.serverPort !== undefined) attributes[ATTR.serverPort] = origin.serverPort;
  if (origin.clientAddress !== undefined) attributes[ATTR.clientAddress] = origin.clientAddress;
  const { remoteAddress, remotePort } = request.socket;
  if (remoteAddress !== undefined) attributes[ATTR.networkPeerAddress] = remoteAddress;
  if (remotePort !== undefined) attributes[ATTR.networkPeerPort] = remotePort;
  const userAgent = request.headers['user-agent'];
  if (userAgent !== undefined) attributes[ATTR.userAgentOriginal] = userAgent.slice(0, LONGEST_USER_AGENT);
  if (incoming.identity.clientId !== undefined) attributes[ATTR.clientId] = incoming.identity.clientId;
  if (incoming.foreign !== undefined) attributes[ATTR.foreignTraceId] = incoming.foreign.traceId;
  if (existing !== undefined) return existing.setAttributes(attributes);
  const span = getTracer().startSpan(
    known ? method : UNKNOWN_METHOD_NAME,
    { kind: SpanKind.SERVER, links: incoming.links, attributes },
    incoming.parent,
  );
  // Where somebody took the provider away, the answer and the lines still need an ID that finds the request.
  return hasValidIds(span.spanContext()) ? span : unrecordedSpan();
}

/** Writes on the span how the request ended. A status below 500 is no error of the server. */
export function describeOutcome(span: Span, method: string, outcome: RequestOutcome, identity: Identity): void {
  if (!span.isRecording()) return;
  const { route, status, interrupted, error } = outcome;
  if (route !== undefined) span.setAttribute(ATTR.httpRoute, route);
  span.updateName(SPAN_NAMES.httpServer(isKnownMethod(method) ? method : UNKNOWN_METHOD_NAME, route));
  if (status !== undefined) span.setAttribute(ATTR.httpResponseStatusCode, status);
  if (outcome.refusal !== undefined) span.setAttribute(ATTR.refusal, outcome.refusal);
  if (identity.pipelineId !== undefined) span.setAttribute(ATTR.pipelineId, identity.pipelineId);
  if (identity.tenantId !== undefined) span.setAttribute(ATTR.tenantId, identity.tenantId);
  if (identity.userId !== undefined) span.setAttribute(ATTR.userId, identity.userId);
  if (error !== undefined) recordFailure(span, error.thrown);
  if (status !== undefined && status >= 500) {
    if (error === undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute(ATTR.errorType, String(status));
  } else if (interrupted !== undefined) {
    span.addEvent(INTERRUPTED[interrupted]);
    if (error !== undefined) return;
    span.setAttribute(ATTR.errorType, interrupted);
    if (interrupted !== 'aborted') span.setStatus({ code: SpanStatusCode.ERROR });
  }
}
