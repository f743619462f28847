import type { IncomingHttpHeaders } from 'node:http';
import { type Context, type Link, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import { extractTrace, type Identity, readSpanContext, withIdentity } from '../context/index.js';
import { HEADERS, REQUEST_ID_PATTERN } from '../semantics/index.js';

/** What a request's headers say, after trust has been decided. */
export interface IncomingContext {
  /** Parent of the server span. */
  readonly parent: Context;
  /** The remote parent, when one was believed. */
  readonly remote: SpanContext | undefined;
  /** The trace of an untrusted peer: kept as a link, never joined. */
  readonly foreign: SpanContext | undefined;
  readonly links: Link[];
  readonly identity: Identity;
}

const CLIENT_ID = /^[\x21-\x7e]{1,128}$/;

/**
 * Reads the headers of a request. An untrusted peer starts a new trace with a link to its own; it can neither force
 * nor forbid sampling, and its baggage, request ID and client ID stay outside.
 */
export function readIncoming(headers: IncomingHttpHeaders, trusted: boolean): IncomingContext {
  if (!trusted) {
    const foreign = readSpanContext(headers);
    return {
      parent: ROOT_CONTEXT,
      remote: undefined,
      foreign,
      links: foreign === undefined ? [] : [{ context: foreign }],
      identity: {},
    };
  }
  const extracted = extractTrace(headers);
  const requestId = headers[HEADERS.requestId];
  const clientId = headers[HEADERS.clientId];
  const identity: Identity = {
    ...(typeof requestId === 'string' && REQUEST_ID_PATTERN.test(requestId) ? { requestId } : {}),
    ...(typeof clientId === 'string' && CLIENT_ID.test(clientId) ? { clientId } : {}),
  };
  return {
    parent: withIdentity(extracted, identity),
    remote: trace.getSpanContext(extracted),
    foreign: undefined,
    links: [],
    identity,
  };
}
