import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bytes of the bodies of one request, as far as they have come and gone. */
export interface BodyBytes {
  /** Received of the request's body, read by the application or not. */
  received: number;
  /** Handed over for the response's body, after any compression and before the framing. */
  sent: number;
}

type Take = (this: unknown, chunk: unknown, ...others: unknown[]) => unknown;

/**
 * Counts bytes where they pass. The socket's own counters know neither where a request ends (keep-alive, pipelining) nor what is body;
 * `Content-Length` is missing in streams, and promises more than comes where somebody aborts.
 */
export function countBodyBytes(request: IncomingMessage, response: ServerResponse): BodyBytes {
  const bytes: BodyBytes = { received: 0, sent: 0 };
  if (mayHaveBody(request)) {
    const stream = request as unknown as { push: Take };
    const { push } = stream;
    stream.push = function (chunk, ...others) {
      bytes.received += sizeOf(chunk, others[0]);
      return push.call(this, chunk, ...others);
    };
  }
  if (request.method === 'HEAD') return bytes;
  const target = response as unknown as { write: Take; end: Take };
  const { write, end } = target;
  // The `end` of HTTP/2 and of injected requests calls `write`, that of HTTP/1.1 does not.
  let ending = false;
  target.write = function (...taken) {
    if (!ending) bytes.sent += sizeOf(taken[0], taken[1]);
    return write.apply(this, taken);
  };
  target.end = function (...taken) {
    bytes.sent += sizeOf(taken[0], taken[1]);
    ending = true;
    try {
      return end.apply(this, taken);
    } finally {
      ending = false;
    }
  };
  return bytes;
}

function mayHaveBody({ headers, httpVersionMajor }: IncomingMessage): boolean {
  const length = headers['content-length'];
  // A request of HTTP/2 may have a body without a word about it.
  return length === undefined ? headers['transfer-encoding'] !== undefined || httpVersionMajor > 1 : length !== '0';
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
}
