import type { Metric } from 'prom-client';
import type { BatchedRegistry } from './batched-registry.js';
import { type Labels, LabelTree, type LabelValue } from './label-tree.js';

/** The series of one combination of labels. */
interface Series {
  readonly labels: Labels;
  /** Observations by bucket, those of lower ones not included; the last bucket has no bound. */
  readonly counts: number[];
  sum: number;
}

/** What a histogram is made with, as prom-client names it. */
export interface CallHistogramOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets: readonly number[];
}

/**
 * A histogram that finds its series without writing their labels as a text, which is most of what an observation costs with that of
 * prom-client. Their values are the same.
 *
 * To its registry it is a metric as those of prom-client's `AggregatorRegistry` are, which has no class for them either: it is asked for
 * its name and its values, and to be reset.
 */
export class CallHistogram {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  private readonly labelNames: readonly string[];
  private readonly bounds: readonly number[];
  private readonly series: LabelTree<Series>;
  private readonly collect: () => void;

  constructor(registry: BatchedRegistry, { name, help, labelNames, buckets }: CallHistogramOptions) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames;
    this.bounds = buckets;
    this.collect = registry.metricOptions.collect;
    this.series = new LabelTree(labelNames, (labels) => ({
      labels,
      counts: Array.from({ length: buckets.length + 1 }, () => 0),
      sum: 0,
    }));
    registry.registerMetric(this as unknown as Metric);
  }

  /**
   * @param values of the labels, by the order of their names.
   * @param last value of the last one, where the others are those that several metrics share.
   * @throws TypeError for what is no finite number, which makes no series either
   */
  observe(value: number, values: readonly LabelValue[], last?: LabelValue): void {
    if (!Number.isFinite(value)) throw new TypeError(`Value is not a valid number: ${value}`);
    const { bounds } = this;
    const series = this.series.at(values, last);
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] as number) + 1;
    series.sum += value;
  }

  /** As that of prom-client's histograms. */
  async get() {
    this.collect();
    const { name, help, type, aggregator } = this;
    const values = [...this.series.leaves].flatMap((series) => this.samples(series));
    return { name, help, type, values, aggregator };
  }

  reset(): void {
    this.series.clear();
  }

  /** As that of prom-client's histograms: by an object, or by the values of all labels. */
  remove(...labels: readonly [Labels] | readonly LabelValue[]): void {
    const [first] = labels;
    const values = typeof first === 'object' ? this.labelNames.map((name) => first[name]) : (labels as LabelValue[]);
    this.series.remove(values);
  }

  private samples({ labels, counts, sum }: Series) {
    const { name, bounds } = this;
    let count = 0;
    const buckets = counts.map((more, bucket) => {
      count += more;
      return { metricName: `${name}_bucket`, labels: { le: bounds[bucket] ?? '+Inf', ...labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
      { metricName: `${name}_count`, labels: { ...labels }, value: count },
    ];
  }
}
