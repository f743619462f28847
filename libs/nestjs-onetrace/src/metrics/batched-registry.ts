import { type Metric, Registry } from 'prom-client';
import { safely } from '../tracing/index.js';

/** Updates that wait at most: so many that nearly all of them run hot, and so few that the call that runs them does not feel it. */
const BATCH = 128;

/**
 * A registry whose series are updated in batches. Between two calls of a model the processor's caches have lost what an update needs, so
 * that one by itself costs several times what one among others does. Whoever reads finds every series up to date.
 */
export class BatchedRegistry extends Registry {
  /** What metrics of this registry are made with. */
  readonly metricOptions: { readonly registers: Registry[]; readonly collect: () => void } = {
    registers: [this],
    collect: () => this.update(),
  };
  private waiting: (() => void)[] = [];

  /** Puts an update of series off, behind those that wait. It runs before the next that reads or resets them; what it throws is said. */
  defer(update: () => void): void {
    if (this.waiting.push(update) >= BATCH) this.update();
  }

  override resetMetrics(): void {
    this.update();
    super.resetMetrics();
  }

  /** Whoever asks for a metric may reset it or remove series from it, which is to hit all that was counted before. */
  override getSingleMetric<Label extends string>(name: string): Metric<Label> | undefined {
    this.update();
    return super.getSingleMetric(name);
  }

  private update(): void {
    if (this.waiting.length === 0) return;
    const updates = this.waiting;
    this.waiting = [];
    for (const update of updates) safely('model metrics', update);
  }
}
