import type { IncomingMessage, ServerResponse } from 'node:http';
import { OnetraceError, type OnetraceErrorCode } from '../onetrace.error.js';

/** What a route answers. */
export interface Reply {
  status: number;
  contentType: string;
  body: Uint8Array | string;
}

const STATUSES: Partial<Record<OnetraceErrorCode, number>> = {
  ONETRACE_ID_AMBIGUOUS: 409,
  ONETRACE_REQUEST_MALFORMED: 400,
  ONETRACE_REQUEST_TOO_LARGE: 413,
  ONETRACE_REQUEST_UNSUPPORTED: 415,
};

/** An answer in JSON. */
export function jsonReply(status: number, value: unknown): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}

/** Status of an error; 503 asks an OTLP sender to try again, which is right for a store that is busy or full. */
export function statusOf(error: unknown): number {
  return (error instanceof OnetraceError ? STATUSES[error.code] : undefined) ?? 503;
}

/** An error as our own routes tell it. */
export function errorReply(error: unknown): Reply {
  const code = error instanceof OnetraceError ? error.code : undefined;
  return jsonReply(statusOf(error), { code, message: error instanceof Error ? error.message : String(error) });
}

/** Sends the answer. The rest of a refused body is thrown away while the answer leaves; then the connection closes. */
export function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (!request.complete) {
    response.setHeader('connection', 'close');
    request.resume();
  }
  response.writeHead(reply.status, {
    'content-type': reply.contentType,
    'content-length': Buffer.byteLength(reply.body),
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : reply.body);
}
