import { expect, it } from '@jest/globals';
import { RetryBudget } from './retry.budget.js';

const WINDOW = { ratio: 0.5, minRetries: 1, windowMs: 1000 };

it('gives a share of the calls, and a few besides', () => {
  const budget = new RetryBudget(WINDOW, () => 0);
  for (let call = 0; call < 4; call += 1) budget.called();
  expect([1, 2, 3, 4].map(() => budget.take())).toEqual([true, true, true, false]);
});

it('forgets bit by bit what is older than its window', () => {
  let now = 0;
  const budget = new RetryBudget(WINDOW, () => now);
  budget.called();
  budget.called();
  expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
  now = 500;
  expect(budget.take()).toBe(false);
  now = 1000;
  expect([budget.take(), budget.take()]).toEqual([true, false]);
  now = 100_000;
  expect([budget.take(), budget.take()]).toEqual([true, false]);
});
