import { EventEmitter } from 'node:events';
import { type Dispatcher, Pool } from 'undici';
import type { CallDeadline } from './call-deadline.js';
import { TimedConnections } from './timed-connections.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { ExchangeFailure, failureBeforeHeaders } from './exchange.failure.js';
import { OpenedResponse } from './opened-response.js';
import { WholeExchange } from './whole.exchange.js';

/** One HTTP request as it goes out. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query, basePath included. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

/**
 * Sends single requests to one target over a pool of kept-alive connections, each with one request at a time. No retries, no redirects (a redirect would carry keys
 * elsewhere), no decompression (a small body could become a huge one).
 */
export class Transport {
  private readonly pool: Pool;
  private readonly connections: TimedConnections;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: ResolvedConnectorOptions) {
    const { origin, timeouts, concurrency, maxHeaderBytes } = options;
    this.connections = new TimedConnections(timeouts.connectMs);
    this.pool = new Pool(origin, {
      // Requests never wait for the answer to an earlier one.
      pipelining: 1,
      // undici's own timeouts are off: one clock decides, and it knows the attempt.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: this.connections.connect,
      connections: concurrency?.maxConcurrent ?? null,
      maxHeaderSize: maxHeaderBytes,
    });
  }

  /**
   * Sends a request; resolves with its response when the headers are there. The response has to be read or closed. When the call has to end,
   * the socket is closed.
   *
   * @throws ExchangeFailure
   */
  async open(outgoing: OutgoingRequest, deadline: CallDeadline): Promise<OpenedResponse> {
    const attempt = new AttemptSignal();
    const abort = (): void => attempt.abort();
    let headersLate = false;
    const timer = setTimeout(() => {
      headersLate = true;
      attempt.abort();
    }, this.options.timeouts.headersMs);
    if (deadline.interruption !== undefined) attempt.abort();
    deadline.listen(abort);
    const release = (): void => deadline.unlisten(abort);
    try {
      const response = await this.send(outgoing, attempt, () => headersLate);
      return new OpenedResponse(outgoing.method, response, this.options.maxResponseBytes, deadline, release);
    } catch (error) {
      release();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a request whose response is read whole. */
  exchange(outgoing: OutgoingRequest, deadline: CallDeadline): WholeExchange {
    const { timeouts, maxResponseBytes: maxBytes } = this.options;
    const exchange = new WholeExchange(outgoing.method, { headersMs: timeouts.headersMs, maxBytes }, deadline);
    this.pool.dispatch({ ...outgoing, body: outgoing.body ?? null }, exchange);
    return exchange;
  }

  /** Sends the request of a `fetch` of Node.js's own, which reads the response itself. */
  dispatch(outgoing: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.pool.dispatch(outgoing, handler);
  }

  /** Closes every connection, once no call is under way: what was given up may still be waiting for one. To close twice is no fault. */
  async close(): Promise<void> {
    this.closing ??= this.pool.destroy();
    this.connections.giveUp();
    await this.closing;
  }

  private async send(
    outgoing: OutgoingRequest,
    signal: AttemptSignal,
    isLate: () => boolean,
  ): Promise<Dispatcher.ResponseData> {
    try {
      return await this.pool.request({
        path: outgoing.path,
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
}

/** Ends one attempt. An emitter, which undici takes too and which is lighter than an `AbortSignal`. */
class AttemptSignal extends EventEmitter {
  aborted = false;

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.emit('abort');
  }
}
