import { randomBytes } from 'node:crypto';
import { type Context, trace } from '@opentelemetry/api';
import { currentTraceId, getIdentity, injectTrace } from '../context/index.js';
import { HEADERS } from '../semantics/index.js';
import { isHeaderValue } from './option.checks.js';

/**
 * The request ID of one attempt: `<request ID>-<attempt's span ID>`, because a server may refuse an ID that is under
 * way. Where no provider records spans, all attempts would share their parent's span ID, so a random one takes its place.
 */
export function attemptRequestId(attempt: Context, parent: Context): string {
  const base = getIdentity(parent).requestId ?? currentTraceId(parent) ?? currentTraceId(attempt) ?? randomHex(16);
  const spanId = currentTraceId(attempt) === undefined ? undefined : trace.getSpanContext(attempt)?.spanId;
  const own = spanId !== undefined && spanId !== trace.getSpanContext(parent)?.spanId ? spanId : randomHex(8);
  return `${base}-${own}`;
}

/** Headers of the trace: ours or none, since a caller who passes an incoming request's headers on would join two traces. */
const OF_THE_TRACE = [HEADERS.traceparent, HEADERS.tracestate, HEADERS.baggage];

/**
 * Adds to the configured headers what says which flow an attempt belongs to, in the place of what they say of one. Foreign providers
 * get the trace, but neither baggage nor client ID.
 */
export function attemptHeaders(
  attempt: Context,
  requestId: string,
  configured: Readonly<Record<string, string>>,
  foreign: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': 'nestjs-onetrace',
    accept: 'application/json',
    ...configured,
    'accept-encoding': 'identity',
  };
  for (const name of OF_THE_TRACE) delete headers[name];
  injectTrace(attempt, headers, { baggage: !foreign });
  headers[HEADERS.requestId] = requestId;
  const { clientId } = getIdentity(attempt);
  // Other characters cannot stand in a header; baggage carries such an ID encoded.
  if (!foreign && isHeaderValue(clientId)) headers[HEADERS.clientId] = clientId;
  return headers;
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
