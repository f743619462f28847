import { expect, it } from '@jest/globals';
import { formatDuration, formatRatio } from './time.format.js';

it.each([
  [0, '0 ms'],
  [0.4, '0.4 ms'],
  [9.96, '10 ms'],
  [41, '41 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [1234, '1.23 s'],
  [9996, '10.0 s'],
  [29_900, '29.9 s'],
  [59_960, '1m 00s'],
  [125_000, '2m 05s'],
  [3_599_900, '1h 00m'],
  [3_720_000, '1h 02m'],
  [86_399_000, '1d 00h'],
  [93_600_000, '1d 02h'],
])('%d ms is %s', (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});

it.each([
  [0.997, '99.7 %'],
  [1, '100 %'],
  [0.816, '82 %'],
  [0.004, '0.4 %'],
  [0.0001, '< 0.1 %'],
  [0, '0 %'],
])('the ratio %d is %s', (ratio, expected) => {
  expect(formatRatio(ratio)).toBe(expected);
});
