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

/** A call's place among the others: gives it back. */
export type Place = () => void;

/** Lets so many calls at a time through to a target, and so many wait; a place is kept until the call, or its stream, has ended. */
export class Bulkhead {
  private readonly policy: BulkheadPolicy;
  // Counted here too: cockatiel's count of places follows a little later.
  private taken = 0;
  private queued = 0;
  /** Who has no place yet, in the order in which they came. */
  private readonly line = new Set<() => Promise<void>>();
  /** The turns that cockatiel still owes. Each is for whoever is first when it comes: those of aborted calls come too, and not in order. */
  private turns = 0;

  constructor(private readonly options: NonNullable<ResolvedConnectorOptions['concurrency']>) {
    this.policy = bulkhead(options.maxConcurrent, Number.MAX_SAFE_INTEGER);
  }

  /** A place, where one is free and nobody waits for it. */
  takeFree(): Place | undefined {
    if (this.queued > 0 || this.taken >= this.options.maxConcurrent) return undefined;
    const { place, left } = this.take();
    // Also where cockatiel has not counted yet that somebody has just left, which is why nobody waits for its word.
    void this.policy.execute(() => left);
    return place;
  }

  /** Waits for a place. @throws NoPlace */
  async wait(deadline: CallDeadline): Promise<Place> {
    if (deadline.interruption !== undefined) throw new NoPlace('interrupted');
    if (this.queued >= this.options.maxQueued) throw new NoPlace('full');
    this.queued += 1;
    const entered = Promise.withResolvers<Place>();
    const takePlace = async (): Promise<void> => {
      deadline.unlisten(giveUp);
      this.queued -= 1;
      const { place, left } = this.take();
      entered.resolve(place);
      await left;
    };
    const giveUp = (): void => {
      this.line.delete(takePlace);
      this.queued -= 1;
      entered.reject(new NoPlace('interrupted'));
    };
    deadline.listen(giveUp);
    this.line.add(takePlace);
    if (this.turns < this.line.size) {
      this.turns += 1;
      void this.policy.execute(() => this.serveFirst());
    }
    return entered.promise;
  }

  private take(): { readonly place: Place; readonly left: Promise<void> } {
    this.taken += 1;
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const place = (): void => {
      this.taken -= 1;
      resolve();
    };
    return { place, left };
  }

  private async serveFirst(): Promise<void> {
    this.turns -= 1;
    const [first] = this.line;
    if (first === undefined) return;
    this.line.delete(first);
    await first();
  }
}
