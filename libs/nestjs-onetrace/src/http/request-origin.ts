import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { HEADERS } from '../semantics/index.js';
import type { HttpSettings } from './http-settings.js';

/** Where a request came from and what it asked for, by OpenTelemetry's conventions for HTTP servers. */
export interface RequestOrigin {
  readonly scheme: string;
  /** Host that the client asked for, without its port. */
  readonly serverAddress: string | undefined;
  /** Only where the client named one. */
  readonly serverPort: number | undefined;
  /** The far client, as far as the proxies before us are trusted. */
  readonly clientAddress: string | undefined;
}

const HOST = /^(\[[\da-f:.]{2,45}\]|[\w.-]{1,253})(?::(\d{1,5}))?$/i;
/** More proxies than this stand before nobody; the rest of the header is not read. */
const MOST_HOPS = 16;

/**
 * Reads scheme, host and client. `X-Forwarded-*` counts only from a trusted peer, and of `X-Forwarded-For` the last hop
 * that is not trusted itself: everything to its left was written by whoever that is.
 */
export function readOrigin(request: IncomingMessage, trusted: boolean, settings: HttpSettings): RequestOrigin {
  const { headers, socket } = request;
  const peer = socket.remoteAddress;
  const own = 'encrypted' in socket ? 'https' : 'http';
  const authority = headers[':authority'] ?? headers.host;
  if (!trusted) return withHost(authority, own, peer);
  const proto = first(headers[HEADERS.forwardedProto])?.toLowerCase();
  const forwardedFor = headers[HEADERS.forwardedFor];
  return withHost(
    first(headers[HEADERS.forwardedHost]) ?? authority,
    proto === 'http' || proto === 'https' ? proto : own,
    forwardedFor === undefined ? peer : (farClient(String(forwardedFor), settings) ?? peer),
  );
}

function withHost(
  authority: string | string[] | undefined,
  scheme: string,
  clientAddress: string | undefined,
): RequestOrigin {
  const host = typeof authority === 'string' ? HOST.exec(authority) : null;
  const port = host?.[2] === undefined ? undefined : Number(host[2]);
  return {
    scheme,
    serverAddress: host?.[1]?.replace(/^\[|\]$/g, ''),
    serverPort: port !== undefined && port <= 65535 ? port : undefined,
    clientAddress,
  };
}

function first(value: string | string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(value).split(',', 1)[0]?.trim();
}

function farClient(forwardedFor: string, settings: HttpSettings): string | undefined {
  const hops = forwardedFor.split(',').slice(-MOST_HOPS);
  let client: string | undefined;
  for (let index = hops.length - 1; index >= 0; index -= 1) {
    const hop = hops[index]?.trim() ?? '';
    if (isIP(hop) === 0) return client;
    client = hop;
    if (!settings.isTrustedHop(hop)) return client;
  }
  return client;
}
