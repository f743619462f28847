import { bulkhead, type BulkheadPolicy } from 'cockatiel';
import type { CallDeadline } from './call-deadline.js';
import type { ResolvedConnectorOptions } from './connector.options.js';

/** Why a call did not get its place. */
export class NoPlace extends Error {
  override readonly name = 'NoPlace';

  constructor(readonly why: 'full' | 'interrupted') {
    super(why);
  }
}

/** A call's place among the others. */
export interface Place {
  /** Whether it had to wait for it. */
  readonly waited: boolean;
  giveBack(): void;
}

/** Lets so many calls at a time through to a target, and so many wait; a place is kept until the call, or its stream, has ended. */
export class Bulkhead {
  private readonly policy: BulkheadPolicy;
  // Counted here too: cockatiel's counts follow a little later, and who is aborted leaves its queue only when it is served.
  private taken = 0;
  private queued = 0;

  constructor(private readonly options: NonNullable<ResolvedConnectorOptions['concurrency']>) {
    this.policy = bulkhead(options.maxConcurrent, Number.MAX_SAFE_INTEGER);
  }

  /** @throws NoPlace */
  async enter(deadline: CallDeadline): Promise<Place> {
    if (deadline.interruption !== undefined) throw new NoPlace('interrupted');
    const waited = this.queued > 0 || this.taken >= this.options.maxConcurrent;
    if (waited && this.queued >= this.options.maxQueued) throw new NoPlace('full');
    if (waited) this.queued += 1;
    else this.taken += 1;
    const entered = Promise.withResolvers<Place>();
    let hasGivenUp = false;
    const giveUp = (): void => {
      hasGivenUp = true;
      if (waited) this.queued -= 1;
      else this.taken -= 1;
      entered.reject(new NoPlace('interrupted'));
    };
    deadline.listen(giveUp);
    void this.policy.execute(async () => {
      if (hasGivenUp) return;
      deadline.unlisten(giveUp);
      if (waited) {
        this.queued -= 1;
        this.taken += 1;
      }
      const left = Promise.withResolvers<void>();
      const giveBack = (): void => {
        this.taken -= 1;
        left.resolve();
      };
      entered.resolve({ waited, giveBack });
      await left.promise;
    });
    return entered.promise;
  }
}
