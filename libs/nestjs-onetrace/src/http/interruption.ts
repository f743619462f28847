import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

/** What ended a request before its answer was complete: the client that left, a time limit of the server, or the server that cut it off. */
export type Interruption = 'aborted' | 'timeout' | 'cut_off';

/** Who ended a request whose answer did not reach the client whole. */
export function interruptionOf(request: IncomingMessage, response: ServerResponse, timedOut: boolean): Interruption {
  if (timedOut || hasTimedOut(request)) return 'timeout';
  return isCutOffByServer(request, response) ? 'cut_off' : 'aborted';
}

/** Whether an answer waits behind another one of its connection, or was taken off it: nothing that Node.js could tell of was sent. */
export function isOffConnection({ httpVersionMajor }: IncomingMessage, response: ServerResponse): boolean {
  return httpVersionMajor === 1 && response.socket === null;
}

/** Why the server has cut off an answer, as far as its streams know: nobody is made to listen to an error who did not. */
export function cutOffReason(response: ServerResponse, sources: readonly Readable[]): { thrown: unknown } | undefined {
  for (const { errored } of [response, ...sources]) if (errored) return { thrown: errored };
  return undefined;
}

/** The server gave up waiting for the rest of the request (`server.requestTimeout`). */
function hasTimedOut({ socket }: IncomingMessage): boolean {
  return (socket.errored as { readonly code?: unknown } | null | undefined)?.code === 'ERR_HTTP_REQUEST_TIMEOUT';
}

/** A client that leaves ends its side of the connection or breaks it; whatever closes one without either is on this side. */
function isCutOffByServer(request: IncomingMessage, response: ServerResponse): boolean {
  const { socket } = request;
  // A stream of HTTP/2 shares its connection, and does not tell.
  if (request.httpVersionMajor !== 1) return false;
  if (!socket.destroyed) return true;
  // Node.js gives answers that still wait an error of its own when the connection closes, whoever closed it.
  if (response.socket === null) return false;
  const broken = socket.errored as { readonly code?: unknown } | null;
  if (!broken) return !socket.readableEnded;
  // Closing a connection on this side cancels what was being written.
  return broken === response.errored || broken.code === 'ECANCELED';
}
