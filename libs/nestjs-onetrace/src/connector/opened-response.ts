import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { ExchangeFailure, failureInBody } from './exchange.failure.js';

/** Bytes of an error's body that are read: enough for every server's words. */
const ERROR_BODY_BYTES = 64 * 1024;

/** One HTTP response, read to its end. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A response whose headers have come; its body is read once, whole or piece by piece. */
export class OpenedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body that have come so far. */
  bytes = 0;

  constructor(
    private readonly response: Dispatcher.ResponseData,
    private readonly maxBytes: number,
    private readonly signal: AbortSignal,
    private readonly release: () => void,
  ) {
    this.status = response.statusCode;
    this.headers = response.headers;
    // A body that is destroyed with nobody listening would end the process.
    response.body.on('error', () => undefined);
  }

  /** Whether the status says that the request was carried out. */
  get isSuccess(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  /** Whether the body is compressed, which nobody asked for. */
  get isEncoded(): boolean {
    const encoding = this.headers['content-encoding'];
    return encoding !== undefined && encoding !== 'identity';
  }

  /**
   * The whole body; of a response that is no success the beginning.
   *
   * @throws ExchangeFailure
   */
  async whole(): Promise<ReceivedResponse> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.chunks()) chunks.push(chunk);
    return { status: this.status, headers: this.headers, body: Buffer.concat(chunks) };
  }

  /**
   * The body as it comes; the response is closed when its reader stops.
   *
   * @throws ExchangeFailure
   */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    const { status, isSuccess } = this;
    try {
      if (isSuccess && this.isEncoded) throw new ExchangeFailure('encoded', { status });
      for await (const chunk of this.response.body as AsyncIterable<Buffer>) {
        this.bytes += chunk.length;
        if (isSuccess && this.bytes > this.maxBytes) throw new ExchangeFailure('too-large', { status });
        yield chunk;
        if (!isSuccess && this.bytes > ERROR_BODY_BYTES) return;
      }
    } catch (error) {
      if (error instanceof ExchangeFailure) throw error;
      if (this.signal.aborted) throw new ExchangeFailure('interrupted', { status });
      throw failureInBody(error, status);
    } finally {
      this.close();
    }
  }

  /** Nothing more is read; what is left of the connection is closed. */
  close(): void {
    this.release();
    this.response.body.destroy();
  }
}
