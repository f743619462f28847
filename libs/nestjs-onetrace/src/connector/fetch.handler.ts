import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

type Controller = Dispatcher.DispatchController;

/** What Node.js's `fetch` hears of a request that it hands to a dispatcher. */
export interface FetchHandler {
  onRequestStart(controller: Controller, context: unknown): void;
  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, statusText?: string): void;
  onResponseData(controller: Controller, chunk: Buffer): void;
  onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void;
  onResponseError(controller: Controller, error: Error): void;
}

/** A handler as undici had it until version 7; the `fetch` of Node.js 22 and 24 still has one. */
interface OldHandler {
  onConnect(abort: (reason: Error) => void, context: unknown): void;
  onResponseStarted?(): void;
  onHeaders(status: number, headers: unknown, resume: () => void, statusText?: string): boolean;
  onData(chunk: Buffer): boolean;
  onComplete(trailers: unknown): void;
  onError(error: Error): void;
}

/** The handler of this Node.js's `fetch` as one of today. */
export function fetchHandler(handler: unknown): FetchHandler {
  return 'onRequestStart' in (handler as object)
    ? (handler as FetchHandler)
    : new RenewedHandler(handler as OldHandler);
}

/** undici has the like, but reads headers on the way, which one with other bytes than ASCII would not survive. */
class RenewedHandler implements FetchHandler {
  constructor(private readonly old: OldHandler) {}

  onRequestStart(controller: Controller, context: unknown): void {
    this.old.onConnect((reason) => controller.abort(reason), context);
  }

  onResponseStart(controller: Controller, status: number, _headers: IncomingHttpHeaders, statusText?: string): void {
    this.old.onResponseStarted?.();
    const goesOn = this.old.onHeaders(status, controller.rawHeaders ?? [], () => controller.resume(), statusText);
    // Informational responses answer `false`, and stop nothing.
    if (!goesOn && status >= 200) controller.pause();
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (!this.old.onData(chunk)) controller.pause();
  }

  onResponseEnd(controller: Controller): void {
    this.old.onComplete(controller.rawTrailers ?? []);
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.old.onError(error);
  }
}
