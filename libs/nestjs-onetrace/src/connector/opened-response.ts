import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { CallDeadline } from './call-deadline.js';
import { ExchangeFailure, failureInBody } from './exchange.failure.js';

/** Bytes of an error's body that are read: enough for every server's words. */
const ERROR_BODY_BYTES = 64 * 1024;

/** One HTTP response, read to its end. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Whether a response ends with its headers, whatever they say about a body (RFC 9110, section 6.4.1). */
export function endsWithHeaders(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/** A response whose headers have come; its body is read once, whole or piece by piece. */
export class OpenedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body that have come so far. */
  bytes = 0;

  private readonly isBodiless: boolean;

  constructor(
    method: string,
    private readonly response: Dispatcher.ResponseData,
    private readonly maxBytes: number,
    private readonly deadline: CallDeadline,
    private readonly release: () => void,
  ) {
    this.status = response.statusCode;
    this.headers = response.headers;
    this.isBodiless = endsWithHeaders(method, response.statusCode);
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
    return encoding !== undefined && String(encoding).toLowerCase() !== 'identity';
  }

  /**
   * The whole body; of a response that is no success the beginning.
   *
   * @throws ExchangeFailure
   */
  whole(): Promise<ReceivedResponse> {
    const { status, headers } = this;
    const { body } = this.response;
    // By events: most bodies are one chunk, for which an iterator is much ado.
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let isOver = false;
      const over = (settle: () => void): void => {
        if (isOver) return;
        isOver = true;
        this.close();
        settle();
      };
      const end = (): void => over(() => resolve({ status, headers, body: joined(chunks) }));
      const fail = (error: unknown): void => {
        // undici misses the bytes that a 204 or 304 announces.
        if (this.isBodiless && this.deadline.interruption === undefined) return end();
        over(() => reject(this.failure(error)));
      };
      // Whoever listens to a body that is gone waits for ever.
      if (body.destroyed) return fail(body.errored);
      body.on('end', end).on('error', fail).on('close', fail);
      body.on('data', (chunk: Buffer) => {
        try {
          chunks.push(this.take(chunk));
          if (this.hasEnough) end();
        } catch (error) {
          fail(error);
        }
      });
      if (this.isRefused) fail(new ExchangeFailure('encoded', { status }));
    });
  }

  /**
   * The body as it comes; the response is closed when its reader stops.
   *
   * @throws ExchangeFailure
   */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    try {
      if (this.isRefused) throw new ExchangeFailure('encoded', { status: this.status });
      for await (const chunk of this.response.body as AsyncIterable<Buffer>) {
        yield this.take(chunk);
        if (this.hasEnough) return;
      }
    } catch (error) {
      throw this.failure(error);
    } finally {
      this.close();
    }
  }

  /** Nothing more is read; what is left of the connection is closed. */
  close(): void {
    this.release();
    this.response.body.destroy();
  }

  /** Whether nothing of the body is to be read, because it could become huge. */
  private get isRefused(): boolean {
    return this.isSuccess && this.isEncoded && !this.isBodiless;
  }

  private get hasEnough(): boolean {
    return !this.isSuccess && this.bytes > ERROR_BODY_BYTES;
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

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
