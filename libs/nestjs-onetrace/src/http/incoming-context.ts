import type { IncomingHttpHeaders } from 'node:http';
import { type Context, type Link, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import {
  byDebugRules,
  DEBUGGED,
  extractTrace,
  getIdentity,
  type Identity,
  readSpanContext,
  withIdentity,
} from '../context/index.js';
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
  /** What headers and baggage say of the caller; the headers win. */
  readonly identity: Identity;
}

const CLIENT_ID = /^[\x21-\x7e]{1,128}$/;
/** What the debug header says to ask for debug lines. */
const ASKED = /^(?:1|true|on|debug)$/i;
const NOBODY: Identity = Object.freeze({});

/**
 * Reads the headers of a request. An untrusted peer starts a new trace with a link to its own; it can neither force
 * nor forbid sampling, and its tracestate, baggage, request ID, client ID and wish for debug lines stay outside.
 *
 * @param debugHeader name of the header that asks for debug lines, in lower case; `undefined` where none does.
 */
export function readIncoming(headers: IncomingHttpHeaders, trusted: boolean, debugHeader?: string): IncomingContext {
  if (!trusted) {
    const foreign = foreignSpanContext(headers);
    return {
      parent: ROOT_CONTEXT,
      remote: undefined,
      foreign,
      links: foreign === undefined ? [] : [{ context: foreign }],
      identity: NOBODY,
    };
  }
  const extracted = extractTrace(headers);
  const carried = getIdentity(extracted);
  const identity = byDebugRules(readIdentity(headers, carried, debugHeader));
  return {
    parent: identity === carried ? extracted : withIdentity(extracted, identity),
    remote: trace.getSpanContext(extracted),
    foreign: undefined,
    links: [],
    identity,
  };
}

/** A link needs the IDs alone: the sampling decision and the state of a peer that is not believed are nobody's business. */
function foreignSpanContext(headers: IncomingHttpHeaders): SpanContext | undefined {
  const sent = readSpanContext(headers);
  return sent && { traceId: sent.traceId, spanId: sent.spanId, traceFlags: 0, isRemote: true };
}

function readIdentity(headers: IncomingHttpHeaders, carried: Identity, debugHeader: string | undefined): Identity {
  const requestId = headers[HEADERS.requestId] ?? carried.requestId;
  const clientId = headers[HEADERS.clientId];
  const hasRequestId = typeof requestId === 'string' && REQUEST_ID_PATTERN.test(requestId);
  const hasClientId = typeof clientId === 'string' && CLIENT_ID.test(clientId);
  const asked = debugHeader !== undefined && asksForDebug(headers[debugHeader]);
  if (!hasRequestId && !hasClientId && !asked && carried.requestId === undefined) return carried;
  const identity: { -readonly [K in keyof Identity]: Identity[K] } = { ...carried };
  if (hasRequestId) identity.requestId = requestId;
  else delete identity.requestId;
  if (hasClientId) identity.clientId = clientId;
  if (asked) identity.logLevel = DEBUGGED;
  return identity;
}

function asksForDebug(value: string | string[] | undefined): boolean {
  return typeof value === 'string' && ASKED.test(value);
}
