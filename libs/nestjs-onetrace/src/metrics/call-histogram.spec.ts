import { beforeEach, describe, expect, it } from '@jest/globals';
import { AggregatorRegistry, Histogram, Registry } from 'prom-client';
import { BatchedRegistry } from './batched-registry.js';
import { CallHistogram } from './call-histogram.js';

const NAME = 'call_seconds';
const options = {
  name: NAME,
  help: 'Seconds\nof calls',
  labelNames: ['model', 'port', 'error'],
  buckets: [0.1, 1, 10],
};
type Values = readonly [model: string, port: number, error?: string];
const OBSERVED: readonly (readonly [number, Values])[] = [
  [0, ['tiny', 80]],
  [0.1, ['tiny', 80]],
  [0.11, ['tiny', 80]],
  [10, ['tiny', 80]],
  [11, ['tiny', 80]],
  [-1, ['tiny', 80, 'timeout']],
  [0.3, ['a "quoted"\\name\n', 443, 'timeout']],
  [1 / 3, ['tiny', 81]],
];

describe('a histogram of calls is to its registry as one of prom-client', () => {
  let [registry, theirRegistry] = [new BatchedRegistry(), new Registry()];
  let ours = new CallHistogram(registry, options);
  let theirs = new Histogram({ ...options, registers: [theirRegistry] });

  beforeEach(() => {
    [registry, theirRegistry] = [new BatchedRegistry(), new Registry()];
    ours = new CallHistogram(registry, options);
    theirs = new Histogram({ ...options, registers: [theirRegistry] });
    for (const [value, values] of OBSERVED) observe(value, values);
  });

  /** By both. */
  function observe(value: number, [model, port, error]: Values): void {
    theirs.observe({ model, port, ...(error === undefined ? {} : { error }) }, value);
    ours.observe(value, [model, port], error);
  }

  /** That what is told of both is the same, and some of it. */
  async function expectTheSame(series: number): Promise<void> {
    const text = await registry.metrics();
    expect(text).toBe(await theirRegistry.metrics());
    expect(text.match(/^call_seconds_count/gm) ?? []).toHaveLength(series);
    expect(await registry.getMetricsAsJSON()).toMatchObject(
      (await theirRegistry.getMetricsAsJSON()).map(({ name, help, values }) => ({
        name,
        help,
        type: 'histogram',
        aggregator: 'sum',
        values: values.map(({ labels, value }) => ({ labels, value })),
      })),
    );
  }

  it('when observations fall into buckets, on their bounds and beyond the last one', async () => {
    await expectTheSame(4);
  });

  it('when it is reset, and when series are removed from it', async () => {
    ours.remove({ model: 'tiny', port: 81 });
    theirs.remove({ model: 'tiny', port: 81 });
    await expectTheSame(3);
    ours.remove('tiny', '80', 'timeout');
    theirs.remove('tiny', '80', 'timeout');
    await expectTheSame(2);
    observe(3, ['tiny', 81]);
    await expectTheSame(3);
    for (const each of [registry, theirRegistry]) each.resetMetrics();
    await expectTheSame(0);
    observe(3, ['tiny', 80]);
    await expectTheSame(1);
  });

  it('when labels are written alike', async () => {
    const port = '80' as unknown as number;
    observe(5, ['tiny', port]);
    await expectTheSame(4);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('when it refuses %s, of which no series is left', async (value) => {
    expect(() => ours.observe(value, ['new', 80])).toThrow(`Value is not a valid number: ${value}`);
    expect(() => theirs.observe({ model: 'new', port: 80 }, value)).toThrow(`Value is not a valid number: ${value}`);
    await expectTheSame(4);
  });

  it('when it refuses a label that cannot be written', async () => {
    const model = Symbol('model') as unknown as string;
    expect(() => ours.observe(1, [model, 80])).toThrow(TypeError);
    expect(() => theirs.observe({ model, port: 80 }, 1)).toThrow(TypeError);
    await expectTheSame(4);
  });

  it('when it is summed up with that of another process', async () => {
    const sum = async (each: Registry): Promise<string> => {
      const told = await each.getMetricsAsJSON();
      return await AggregatorRegistry.aggregate([told, told]).metrics();
    };
    expect(await sum(registry)).toBe(await sum(theirRegistry));
  });

  it('when nobody may change it by what was read', async () => {
    for (const { values } of await registry.getMetricsAsJSON()) for (const { labels } of values) labels['host'] = 'a';
    observe(1, ['tiny', 80]);
    await expectTheSame(4);
  });
});
