import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { OtlpSettings } from './otlp-settings.js';

/** What became of one attempt; with a status where somebody answered. */
export type Attempt =
  | { readonly outcome: 'taken'; readonly body: Buffer }
  /** Worth another attempt, by the OTLP specification; after `waitMs` when the receiver said so. */
  | { readonly outcome: 'later'; readonly reason: string; readonly status?: number; readonly waitMs?: number }
  | { readonly outcome: 'refused'; readonly reason: string; readonly status?: number };

const RETRYABLE_STATUSES = new Set([429, 502, 503, 504]);
const LONGEST_BODY = 64 * 1024;
const compress = promisify(gzip);

/** Sends one OTLP request at a time and can give up all that are under way. */
export class OtlpTransport {
  private readonly requests = new Set<ClientRequest>();
  private readonly agent: ReturnType<OtlpSettings['agent']>;
  private aborted = false;

  constructor(private readonly settings: OtlpSettings) {
    this.agent = settings.agent();
    // Said by whoever waits for it; a rejection before that is none of the application's business.
    this.agent.catch(() => undefined);
  }

  /** Compresses where asked for, once for all attempts. */
  async encode(body: Uint8Array): Promise<Uint8Array> {
    return this.settings.gzip ? compress(body) : body;
  }

  /** One attempt, within `timeoutMs`. @throws what reading headers and certificates throws. */
  async send(body: Uint8Array, timeoutMs: number): Promise<Attempt> {
    const [agent, headers] = await Promise.all([this.agent, this.settings.headers()]);
    if (this.aborted) return { outcome: 'refused', reason: 'given up at shutdown' };
    const { url, gzip: gzipped } = this.settings;
    return new Promise((resolve) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(
        url,
        {
          method: 'POST',
          agent,
          headers: {
            ...headers,
            'content-length': body.byteLength,
            ...(gzipped ? { 'content-encoding': 'gzip' } : {}),
          },
        },
        (response) => void read(response).then(settle),
      );
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs).unref();
      const settle = (attempt: Attempt): void => {
        clearTimeout(timer);
        this.requests.delete(request);
        resolve(attempt);
      };
      this.requests.add(request);
      request.on('error', (error: NodeJS.ErrnoException) => settle({ outcome: 'later', reason: describe(error) }));
      request.end(body);
    });
  }

  /** Gives up what is under way and closes every connection. */
  abort(): void {
    this.aborted = true;
    for (const request of this.requests) request.destroy(new Error('given up at shutdown'));
    void this.agent.then(
      (agent) => agent.destroy(),
      () => undefined,
    );
  }
}

async function read(response: IncomingMessage): Promise<Attempt> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= LONGEST_BODY) chunks.push(chunk);
    }
  } catch {
    // The status has come; what is missing of the body changes nothing.
    bytes = LONGEST_BODY + 1;
  }
  const status = response.statusCode ?? 0;
  if (status >= 200 && status <= 299) {
    return { outcome: 'taken', body: bytes > LONGEST_BODY ? Buffer.alloc(0) : Buffer.concat(chunks) };
  }
  if (RETRYABLE_STATUSES.has(status)) {
    const waitMs = retryAfterMs(response.headers['retry-after']);
    return { outcome: 'later', reason: `status ${status}`, status, ...(waitMs === undefined ? {} : { waitMs }) };
  }
  return { outcome: 'refused', reason: `status ${status}`, status };
}

/** `Retry-After` of RFC 9110, section 10.2.3, in milliseconds. */
function retryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function describe(error: NodeJS.ErrnoException): string {
  // Several addresses of one name fail together in an AggregateError without a message.
  return error.message === '' ? (error.code ?? error.name) : error.message;
}
