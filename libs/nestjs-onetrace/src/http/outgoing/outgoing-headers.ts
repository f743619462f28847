import type { Context } from '@opentelemetry/api';
import { getIdentity, injectTrace, isTracingSuppressed } from '../../context/index.js';
import { HEADERS } from '../../semantics/index.js';

const CLIENT_ID = /^[\x21-\x7e]{1,128}$/;

/**
 * What a call to a named target carries: `traceparent`, `tracestate`, our members of `baggage`, `x-client-id`. `undefined` outside every
 * trace, and where tracing is suppressed: exporters and the connector send what they have to themselves.
 */
export function outgoingHeaders(ctx: Context): Readonly<Record<string, string>> | undefined {
  if (isTracingSuppressed(ctx)) return undefined;
  const headers: Record<string, string> = {};
  injectTrace(ctx, headers);
  if (headers[HEADERS.traceparent] === undefined) return undefined;
  const { clientId } = getIdentity(ctx);
  // Other characters cannot stand in a header; baggage carries such an ID encoded.
  if (clientId !== undefined && CLIENT_ID.test(clientId)) headers[HEADERS.clientId] = clientId;
  return headers;
}

/**
 * Which members of our baggage go beside that of the application: a key that it sends already is its own. `undefined` when none is left.
 */
export function baggageBeside(theirs: string, ours: string): string | undefined {
  const keys = new Set(theirs.split(',').map(keyOf));
  const added = ours.split(',').filter((member) => !keys.has(keyOf(member)));
  return added.length === 0 ? undefined : added.join(',');
}

function keyOf(member: string): string {
  return member.split('=', 1)[0]?.trim() ?? '';
}
