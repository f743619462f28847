import { Histogram, type Metric } from 'prom-client';
import type { BatchedRegistry } from './batched-registry.js';
import { type Labels, LabelTree, type LabelValue } from './label-tree.js';

/** The series of one combination of labels. */
interface Series {
  readonly labels: Labels;
  readonly histogram: Histogram;
}

/** What a histogram is made with, as prom-client names it. */
export interface CallHistogramOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets: readonly number[];
}

/**
 * A histogram of a registry that has a histogram of prom-client without labels for each combination of labels, since to find the series
 * is the dearest part of an observation.
 *
 * To its registry it is a metric as that of `AggregatorRegistry` are: prom-client asks it for its name, its values and to be reset.
 */
export class CallHistogram {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  private readonly labelNames: readonly string[];
  private readonly series: LabelTree<Series>;
  private readonly collect: () => void;

  constructor(registry: BatchedRegistry, { name, help, labelNames, buckets }: CallHistogramOptions) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames;
    this.collect = registry.metricOptions.collect;
    const options = { name, help, buckets: [...buckets], registers: [] };
    this.series = new LabelTree(labelNames, (labels) => ({ labels, histogram: new Histogram(options) }));
    registry.registerMetric(this as unknown as Metric);
  }

  /**
   * @param values of the labels, by the order of their names.
   * @param last value of the last one, where the others are those that several metrics share.
   * @throws TypeError for what is no finite number, which makes no series either
   */
  observe(value: number, values: readonly LabelValue[], last?: LabelValue): void {
    if (!Number.isFinite(value)) throw new TypeError(`Value is not a valid number: ${value}`);
    this.series.at(values, last).histogram.observe(value);
  }

  /** As that of prom-client's histograms. */
  async get() {
    this.collect();
    const parts = await Promise.all(
      Array.from(this.series.leaves, async ({ labels, histogram }) => {
        const { values } = await histogram.get();
        return values.map((value) => ({ ...value, labels: { ...value.labels, ...labels } }));
      }),
    );
    const { name, help, type, aggregator } = this;
    return { name, help, type, values: parts.flat(), aggregator };
  }

  reset(): void {
    this.series.clear();
  }

  /** As that of prom-client's histograms: by an object, or by the values of all labels. */
  remove(...labels: readonly [Labels] | readonly LabelValue[]): void {
    const [first] = labels;
    this.series.remove(
      typeof first === 'object' ? this.labelNames.map((name) => first[name]) : (labels as LabelValue[]),
    );
  }
}
