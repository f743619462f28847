import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { CallDeadline } from './call-deadline.js';
import { ExchangeFailure, failureInBody } from './exchange.failure.js';
import { endsWithHeaders, isEnough, isRefused, isSuccess, joined, type ReceivedResponse } from './received-response.js';

/** A response whose headers have come; its body is read once, piece by piece. */
export class OpenedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body that have come so far. */
  bytes = 0;

  constructor(
    private readonly method: string,
    private readonly response: Dispatcher.ResponseData,
    private readonly maxBytes: number,
    private readonly deadline: CallDeadline,
    private readonly release: () => void,
  ) {
    this.status = response.statusCode;
    this.headers = response.headers;
    // A body that is destroyed with nobody listening would end the process.
    response.body.on('error', () => undefined);
  }

  /** Whether the status says that the request was carried out. */
  get isSuccess(): boolean {
    return isSuccess(this.status);
  }

  /**
   * The response with the body to its end, or of one that is no success the beginning.
   *
   * @throws ExchangeFailure
   */
  async whole(): Promise<ReceivedResponse> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.chunks()) chunks.push(chunk);
    return { status: this.status, headers: this.headers, body: joined(chunks) };
  }

  /**
   * The body as it comes; the response is closed when its reader stops.
   *
   * @throws ExchangeFailure
   */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    try {
      if (isRefused(this.method, this.status, this.headers))
        throw new ExchangeFailure('encoded', { status: this.status });
      for await (const chunk of this.response.body as AsyncIterable<Buffer>) {
        yield this.take(chunk);
        if (isEnough(this.status, this.bytes)) return;
      }
    } catch (error) {
      // undici misses the bytes that a 204 or 304 announces.
      const isWhole = endsWithHeaders(this.method, this.status) && this.deadline.interruption === undefined;
      if (!isWhole) throw this.failure(error);
    } finally {
      this.close();
    }
  }

  /** Nothing more is read; what is left of the connection is closed. */
  close(): void {
    this.release();
    this.response.body.destroy();
  }

  private take(chunk: Buffer): Buffer {
    this.bytes += chunk.length;
    if (this.isSuccess && this.bytes > this.maxBytes) throw new ExchangeFailure('too-large', { status: this.status });
    return chunk;
  }

  private failure(error: unknown): ExchangeFailure {
    if (error instanceof ExchangeFailure) return error;
    const { status } = this;
    if (this.deadline.interruption !== undefined) return new ExchangeFailure('interrupted', { status });
    return failureInBody(error, status);
  }
}
