import type { ClientRequest } from 'node:http';
import { context } from '@opentelemetry/api';
import { HEADERS } from '../../semantics/index.js';
import { connectionOf } from './client-connection.js';
import { baggageBeside, outgoingHeaders } from './outgoing-headers.js';
import type { TargetTest } from './target-list.js';

/** Channel on which `node:http` and `node:https` tell of each request when it is made. */
export const CLIENT_REQUEST_CHANNEL = 'http.client.request.created';

/**
 * Adds the trace to a request of `node:http` or `node:https` to a named target, unless it carries one. Headers given as a list, and a request
 * that asks for `100-continue`, are already written by now and stay as they are.
 */
export function injectIntoClientRequest(message: unknown, isTarget: TargetTest): void {
  const { request } = message as { request: ClientRequest };
  if (request.headersSent || request.method === 'CONNECT' || request.hasHeader(HEADERS.traceparent)) return;
  const origin = originOf(request);
  if (origin === undefined || !isTarget(origin, request.path)) return;
  const added = outgoingHeaders(context.active());
  if (added === undefined) return;
  for (const [name, value] of Object.entries(added)) {
    if (!request.hasHeader(name) || name === HEADERS.tracestate) request.setHeader(name, value);
    else if (name === HEADERS.baggage) joinBaggage(request, value);
  }
}

/** The application's own members first, as it wrote them. */
function joinBaggage(request: ClientRequest, ours: string): void {
  const theirs = [request.getHeader(HEADERS.baggage)].flat().join(',');
  const beside = baggageBeside(theirs, ours);
  if (beside !== undefined) request.setHeader(HEADERS.baggage, `${theirs},${beside}`);
}

/** Where the request goes; what its `Host` header says is the application's business. */
function originOf(request: ClientRequest): string | undefined {
  const connection = connectionOf(request);
  if (connection === undefined) return undefined;
  const { host, port } = connection;
  return `${request.protocol}//${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}
