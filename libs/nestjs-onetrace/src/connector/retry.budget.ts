import type { ResolvedConnectorOptions } from './connector.options.js';

const SLOTS = 10;

type BudgetOptions = NonNullable<ResolvedConnectorOptions['retry']['budget']>;

/**
 * Bounds the retries of all calls to a target together to a share of the calls of the last seconds: where most calls fail, retries would
 * otherwise multiply what a dying server is asked.
 */
export class RetryBudget {
  private readonly calls = new Array<number>(SLOTS).fill(0);
  private readonly retries = new Array<number>(SLOTS).fill(0);
  private slot = 0;

  constructor(
    private readonly options: BudgetOptions,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.slot = this.currentSlot();
  }

  /** A call begins: its share is for retries. */
  called(): void {
    this.advance();
    this.calls[this.slot % SLOTS]! += 1;
  }

  /** Takes one retry, where one is left. */
  take(): boolean {
    this.advance();
    const { ratio, minRetries } = this.options;
    if (sum(this.retries) >= minRetries + Math.floor(ratio * sum(this.calls))) return false;
    this.retries[this.slot % SLOTS]! += 1;
    return true;
  }

  private currentSlot(): number {
    return Math.floor((this.now() * SLOTS) / this.options.windowMs);
  }

  private advance(): void {
    const current = this.currentSlot();
    // Further than once around, everything is forgotten.
    for (let left = Math.min(current - this.slot, SLOTS); left > 0; left -= 1) {
      const emptied = (current - left + 1) % SLOTS;
      this.calls[emptied] = 0;
      this.retries[emptied] = 0;
    }
    this.slot = current;
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
