import type { Dispatcher } from 'undici';

/** Stands in where a request is given up before it had a connection. */
export const NO_CONNECTION: Dispatcher.DispatchController = {
  aborted: true,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

/** What `fetch` does to its connection, told to whoever watches it. */
export interface FetchControl {
  /** It wants no more: its signal was aborted, or its response's body was cancelled or forgotten. */
  aborted(): void;
  /** Its reader is slow. */
  paused(): void;
  /** Its reader has caught up. */
  resumed(): void;
}

/** The controller that `fetch` is given: undici's, watched. */
export class FetchController implements Dispatcher.DispatchController {
  constructor(
    private readonly controller: Dispatcher.DispatchController,
    private readonly control: FetchControl,
  ) {}

  get aborted(): boolean {
    return this.controller.aborted;
  }

  get paused(): boolean {
    return this.controller.paused;
  }

  get reason(): Error | null {
    return this.controller.reason;
  }

  get rawHeaders(): NonNullable<Dispatcher.DispatchController['rawHeaders']> {
    return this.controller.rawHeaders ?? [];
  }

  get rawTrailers(): NonNullable<Dispatcher.DispatchController['rawTrailers']> {
    return this.controller.rawTrailers ?? [];
  }

  abort(reason: Error): void {
    this.control.aborted();
    this.controller.abort(reason);
  }

  /** Ends the request for a reason of ours. */
  cut(reason: Error): void {
    this.controller.abort(reason);
  }

  pause(): void {
    this.control.paused();
    this.controller.pause();
  }

  resume(): void {
    const wasPaused = this.controller.paused;
    this.controller.resume();
    if (wasPaused) this.control.resumed();
  }
}
