import type { ClientRequest } from 'node:http';
import { context } from '@opentelemetry/api';
import { HEADERS } from '../../semantics/index.js';
import { outgoingHeaders } from './outgoing-headers.js';
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
    if (name !== HEADERS.clientId || !request.hasHeader(name)) request.setHeader(name, value);
  }
}

/**
 * Where the request goes. The port is known only from the `Host` header, which the application may have set to something else: a
 * host that is not the one connected to names no target.
 */
function originOf(request: ClientRequest): string | undefined {
  if ((request as { socketPath?: string }).socketPath) return undefined;
  const authority = request.getHeader('host');
  const host = request.host.includes(':') && !request.host.startsWith('[') ? `[${request.host}]` : request.host;
  if (typeof authority !== 'string') return undefined;
  if (authority !== host && !authority.startsWith(`${host}:`)) return undefined;
  return `${request.protocol}//${authority}`;
}
