import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher, request } from 'undici';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { ExchangeFailure, failureBeforeHeaders, failureInBody } from './exchange.failure.js';

/** Bytes of an error's body that are read: enough for every server's words. */
const ERROR_BODY_BYTES = 64 * 1024;

/** One HTTP request as it goes out. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** One HTTP response, read to its end. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Sends single requests over a pool of kept-alive connections. No retries, no redirects (a redirect would carry keys
 * elsewhere), no decompression (a small body could become a huge one).
 */
export class Transport {
  // undici's own timeouts are off: one clock decides, and it knows the attempt.
  private readonly agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 0 } });

  constructor(private readonly options: ResolvedConnectorOptions) {}

  /**
   * Sends a request and reads the whole response. When the signal aborts, the socket is closed.
   *
   * @throws ExchangeFailure
   */
  async exchange(outgoing: OutgoingRequest, signal: AbortSignal): Promise<ReceivedResponse> {
    const attempt = new AbortController();
    const abort = (): void => attempt.abort();
    let headersLate = false;
    const timer = setTimeout(() => {
      headersLate = true;
      attempt.abort();
    }, this.options.timeouts.headersMs);
    if (signal.aborted) attempt.abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      const response = await this.send(outgoing, attempt.signal, () => headersLate);
      clearTimeout(timer);
      return await this.receive(response, signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  /** Closes the pool after the requests that are under way. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  private async send(
    outgoing: OutgoingRequest,
    signal: AbortSignal,
    isLate: () => boolean,
  ): Promise<Dispatcher.ResponseData> {
    try {
      return await request(outgoing.url, {
        dispatcher: this.agent,
        method: outgoing.method,
        headers: outgoing.headers,
        body: outgoing.body ?? null,
        signal,
      });
    } catch (error) {
      if (isLate()) throw new ExchangeFailure('headers-timeout');
      if (signal.aborted) throw new ExchangeFailure('interrupted');
      throw failureBeforeHeaders(error);
    }
  }

  private async receive(response: Dispatcher.ResponseData, signal: AbortSignal): Promise<ReceivedResponse> {
    const { statusCode: status, headers, body } = response;
    const failed = status < 200 || status > 299;
    const limit = failed ? ERROR_BODY_BYTES : this.options.maxResponseBytes;
    const encoding = headers['content-encoding'];
    // A body that is destroyed with nobody listening would end the process.
    body.on('error', () => undefined);
    try {
      if (!failed && encoding !== undefined && encoding !== 'identity')
        throw new ExchangeFailure('encoded', { status });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        chunks.push(chunk);
        if (size <= limit) continue;
        if (!failed) throw new ExchangeFailure('too-large', { status });
        break;
      }
      return { status, headers, body: Buffer.concat(chunks) };
    } catch (error) {
      if (error instanceof ExchangeFailure) throw error;
      if (signal.aborted) throw new ExchangeFailure('interrupted', { status });
      throw failureInBody(error, status);
    } finally {
      // Nothing more is read; what is left of the connection is closed.
      body.destroy();
    }
  }
}
