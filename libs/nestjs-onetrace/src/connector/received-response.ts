import type { IncomingHttpHeaders } from 'node:http';

/** Bytes of an error's body that are read: enough for every server's words. */
const ERROR_BODY_BYTES = 64 * 1024;

/** One HTTP response, read to its end. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Whether a status says that the request was carried out. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** Whether a body is compressed, which nobody asked for: it could become huge. */
export function isEncoded(headers: IncomingHttpHeaders): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && String(encoding).toLowerCase() !== 'identity';
}

/** Whether a response ends with its headers, whatever they say about a body (RFC 9110, section 6.4.1). */
export function endsWithHeaders(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/** Whether nothing of a body is to be read. */
export function isRefused(method: string, status: number, headers: IncomingHttpHeaders): boolean {
  return isSuccess(status) && isEncoded(headers) && !endsWithHeaders(method, status);
}

/** Whether so much of a body says all that is to be known of its response: of an error's the beginning does. */
export function isEnough(status: number, bytes: number): boolean {
  return !isSuccess(status) && bytes > ERROR_BODY_BYTES;
}

/** The body that came in these pieces. */
export function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
