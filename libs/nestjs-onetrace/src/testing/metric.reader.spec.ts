import { expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { readMetrics } from './metric.reader.js';

it('reads the text format of Prometheus, escapes and infinities included', async () => {
  const body = [
    '# HELP a_total help',
    '# TYPE a_total counter',
    'a_total 3',
    String.raw`a_total{path="C:\\x\"y\n",empty=""} 1.5e3 1800000000`,
    'b_bucket{le="+Inf"} 7',
    'c -Inf',
    'd NaN',
    '',
  ].join('\n');
  const app = { get: () => ({ expose: () => Promise.resolve({ body }) }) } as unknown as INestApplicationContext;
  expect(await readMetrics(app)).toEqual([
    { name: 'a_total', labels: {}, value: 3 },
    { name: 'a_total', labels: { path: 'C:\\x"y\n', empty: '' }, value: 1500 },
    { name: 'b_bucket', labels: { le: '+Inf' }, value: 7 },
    { name: 'c', labels: {}, value: Number.NEGATIVE_INFINITY },
    { name: 'd', labels: {}, value: Number.NaN },
  ]);
});
