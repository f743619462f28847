import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { OnetraceError } from '../onetrace.error.js';

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * Reads a request's body, decompressed. `limit` bounds the bytes on the wire and, apart from them, what they unpack to, so
 * that a small body cannot fill the memory.
 * @throws OnetraceError `ONETRACE_REQUEST_TOO_LARGE`, `ONETRACE_REQUEST_UNSUPPORTED` (encoding) or
 *   `ONETRACE_REQUEST_MALFORMED` (not what the encoding says).
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decode = encoding in DECODERS ? DECODERS[encoding as keyof typeof DECODERS] : undefined;
  if (decode === undefined && encoding !== 'identity') {
    throw new OnetraceError(
      'ONETRACE_REQUEST_UNSUPPORTED',
      `Content-Encoding ${JSON.stringify(encoding)} is not supported; send ${Object.keys(DECODERS).join(', ')} or none`,
    );
  }
  const raw = await readBytes(request, limit);
  if (decode === undefined) return raw;
  try {
    return await decode(raw, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit, 'unpacks to more than');
    throw new OnetraceError('ONETRACE_REQUEST_MALFORMED', `the body is not ${encoding}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** By events: leaving a `for await` early would destroy the socket, and the sender would never read why. */
function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return reject(tooLarge(limit, 'is longer than'));
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.byteLength;
      if (length <= limit) chunks.push(chunk);
      else reject(tooLarge(limit, 'is longer than'));
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new OnetraceError('ONETRACE_REQUEST_MALFORMED', 'the body ended too early')));
  });
}

function tooLarge(limit: number, how: string): OnetraceError {
  return new OnetraceError('ONETRACE_REQUEST_TOO_LARGE', `the body ${how} ${limit} bytes; send smaller batches`);
}
