import type { EnclosingWork } from '../context/index.js';

/** Who gave a call up: its caller by an `AbortSignal`, or whatever ended the request or activity in which it was made. */
export type Canceller = 'caller' | EnclosingWork['kind'];

/** Whether a call went with the request or the activity in which it was made: nobody waits for it, and it is nobody's failure. */
export function isWithItsWork(canceller: Canceller | undefined): boolean {
  return canceller === 'request' || canceller === 'activity';
}

/** Why a call was interrupted. */
export type Interruption = 'aborted' | 'total-timeout';

/** The end that a call must not outlive: cancelled by somebody, or the total timeout, whichever comes first. */
export class CallDeadline implements Disposable {
  private readonly endsAt: number;
  private readonly timer: NodeJS.Timeout;
  private readonly atEnd: (() => void)[] = [];
  private readonly listeners = new Set<() => void>();
  private by: Canceller | undefined;
  private reason: unknown;
  private isLate = false;

  /**
   * @param caller given with the call.
   * @param work inside of which the call is made.
   */
  constructor(totalMs: number, caller: AbortSignal | undefined, work: EnclosingWork | undefined) {
    this.endsAt = performance.now() + totalMs;
    this.timer = setTimeout(() => {
      if (this.interruption !== undefined) return;
      this.isLate = true;
      this.interrupt();
    }, totalMs);
    this.follow(caller, 'caller');
    if (work !== undefined) this.follow(work.cancellation(), work.kind);
  }

  /** Calls back, once, when the call has to end; never where it has to already. */
  listen(callback: () => void): void {
    if (this.interruption === undefined) this.listeners.add(callback);
  }

  unlisten(callback: () => void): void {
    this.listeners.delete(callback);
  }

  /** Set once the call has to end. */
  get interruption(): Interruption | undefined {
    if (this.by !== undefined) return 'aborted';
    return this.isLate ? 'total-timeout' : undefined;
  }

  get cancelledBy(): Canceller | undefined {
    return this.by;
  }

  /** What was given as the reason of an abort. */
  get abortReason(): unknown {
    return this.reason;
  }

  get remainingMs(): number {
    return this.endsAt - performance.now();
  }

  /** Called when the call is over, however it ended. */
  whenOver(callback: () => void): void {
    this.atEnd.push(callback);
  }

  /** Ends the call as its caller's signal would. */
  abort(reason: unknown): void {
    this.cancel('caller', reason);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    for (const callback of this.atEnd.splice(0)) callback();
  }

  private follow(signal: AbortSignal | undefined, canceller: Canceller): void {
    if (signal === undefined) return;
    const cancel = (): void => this.cancel(canceller, signal.reason);
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });
    this.whenOver(() => signal.removeEventListener('abort', cancel));
  }

  private cancel(canceller: Canceller, reason: unknown): void {
    if (this.interruption !== undefined) return;
    this.by = canceller;
    this.reason = reason;
    this.interrupt();
  }

  private interrupt(): void {
    for (const listener of this.listeners) {
      this.listeners.delete(listener);
      listener();
    }
  }
}
