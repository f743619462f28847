/** Why a call was interrupted. */
export type Interruption = 'aborted' | 'total-timeout';

/** The end that a call must not outlive: the caller's AbortSignal or the total timeout, whichever comes first. */
export class CallDeadline implements Disposable {
  private readonly controller = new AbortController();
  private readonly endsAt: number;
  private readonly timer: NodeJS.Timeout;
  private reason: Interruption | undefined;
  private readonly onAbort = (): void => this.interrupt('aborted');

  constructor(
    totalMs: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.endsAt = performance.now() + totalMs;
    this.timer = setTimeout(() => this.interrupt('total-timeout'), totalMs);
    if (caller?.aborted === true) this.onAbort();
    else caller?.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Aborts when the call has to end. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Set once the call has to end. */
  get interruption(): Interruption | undefined {
    return this.reason;
  }

  /** What the caller gave as the reason of its abort. */
  get abortReason(): unknown {
    return this.reason === 'aborted' ? (this.caller?.reason as unknown) : undefined;
  }

  get remainingMs(): number {
    return this.endsAt - performance.now();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.onAbort);
  }

  private interrupt(reason: Interruption): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.controller.abort();
  }
}
