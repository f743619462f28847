import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { CallDeadline } from './call-deadline.js';
import { ExchangeFailure, failureBeforeHeaders, failureInBody } from './exchange.failure.js';
import { endsWithHeaders, isEnough, isRefused, isSuccess, joined, type ReceivedResponse } from './received-response.js';

type Controller = Dispatcher.DispatchController;

/** What ends an exchange before its response does. */
export interface WholeExchangeLimits {
  /** Milliseconds until the headers have to be there. */
  readonly headersMs: number;
  /** Bytes of the body of a success. */
  readonly maxBytes: number;
}

/**
 * One request whose response is read whole: of one that is no success the beginning. It takes the pieces from undici as they come; a stream in between,
 * for a body that is mostly one piece, would cost more than the request. When the call has to end, the socket is closed.
 */
export class WholeExchange implements Dispatcher.DispatchHandler {
  /** Of the response, once its headers are there. */
  status: number | undefined;

  private readonly settled = Promise.withResolvers<ReceivedResponse>();
  private readonly interrupt = (): void => this.fail(new ExchangeFailure('interrupted', this.statusOf()));
  private readonly timer: NodeJS.Timeout;
  private readonly chunks: Buffer[] = [];
  private controller: Controller | undefined;
  private headers: IncomingHttpHeaders = {};
  private bytes = 0;
  private isOver = false;

  constructor(
    private readonly method: string,
    private readonly limits: WholeExchangeLimits,
    private readonly deadline: CallDeadline,
  ) {
    this.timer = setTimeout(() => this.fail(new ExchangeFailure('headers-timeout')), limits.headersMs);
    if (deadline.interruption !== undefined) this.interrupt();
    else deadline.listen(this.interrupt);
  }

  /** Rejects with an `ExchangeFailure`. */
  get response(): Promise<ReceivedResponse> {
    return this.settled.promise;
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.isOver) this.cut();
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // An informational response comes before the one that counts.
    if (status < 200 || this.isOver) return;
    clearTimeout(this.timer);
    this.status = status;
    this.headers = headers;
    if (isRefused(this.method, status, headers)) this.fail(new ExchangeFailure('encoded', { status }));
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.isOver || this.status === undefined) return;
    this.bytes += chunk.length;
    if (isSuccess(this.status) && this.bytes > this.limits.maxBytes)
      return this.fail(new ExchangeFailure('too-large', this.statusOf()));
    this.chunks.push(chunk);
    if (isEnough(this.status, this.bytes)) this.end();
  }

  onResponseEnd(): void {
    // What is complete needs no connection to be closed.
    this.controller = undefined;
    this.end();
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.isOver) return;
    if (this.status === undefined) this.fail(failureBeforeHeaders(error));
    // undici misses the bytes that a 204 or 304 announces.
    else if (endsWithHeaders(this.method, this.status)) this.end();
    else this.fail(failureInBody(error, this.status));
  }

  private statusOf(): { readonly status?: number } {
    return this.status === undefined ? {} : { status: this.status };
  }

  private end(): void {
    if (!this.finish()) return;
    const { status = 0, headers } = this;
    this.settled.resolve({ status, headers, body: joined(this.chunks) });
  }

  private fail(failure: ExchangeFailure): void {
    if (this.finish()) this.settled.reject(failure);
  }

  /** Says whether the exchange was not over yet. */
  private finish(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    clearTimeout(this.timer);
    this.deadline.unlisten(this.interrupt);
    this.cut();
    return true;
  }

  /** Closes the connection in the midst of a response, or of the wait for one. */
  private cut(): void {
    this.controller?.abort(new Error('given up'));
  }
}
