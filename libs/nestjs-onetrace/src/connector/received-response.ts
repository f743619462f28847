import type { IncomingHttpHeaders } from 'node:http';

/** Bytes of an error's body that are read: enough for every server's words. */
export const ERROR_BODY_BYTES = 64 * 1024;

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

/** The body that came in these pieces. */
export function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
