import { beforeEach } from '@jest/globals';
import { modelMetrics } from '../metrics/index.js';
import { type CollectedMetric, readSamples } from '../testing/metric.reader.js';

/** The series of model calls of a spec file, which count each test from nothing. */
export class MetricsOfEachTest {
  constructor() {
    beforeEach(() => modelMetrics().registry.resetMetrics());
  }

  /** Samples of a series with at least these labels. */
  async samples(name: string, labels: Readonly<Record<string, string>> = {}): Promise<CollectedMetric[]> {
    const samples = readSamples(await modelMetrics().registry.metrics());
    const has = (sample: CollectedMetric): boolean =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value);
    return samples.filter(has);
  }

  /** The sum of these samples; `undefined` where there is none. */
  async value(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    const found = await this.samples(name, labels);
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }
}
