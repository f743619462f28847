import { expect, it } from '@jest/globals';
import { RecentKeys } from './recent-keys.js';

it('remembers the latest, and no more than twice what it has to', () => {
  const keys = new RecentKeys<number>(100);
  for (let value = 0; value < 1000; value += 1) {
    keys.set(`k${value}`, value);
    for (let before = Math.max(0, value - 99); before <= value; before += 1)
      expect(keys.get(`k${before}`)).toBe(before);
  }
  const remembered = Array.from({ length: 1000 }, (_, value) => keys.get(`k${value}`)).filter(
    (value) => value !== undefined,
  );
  expect(remembered.length).toBeLessThanOrEqual(200);
});

it('keeps what is set again', () => {
  const keys = new RecentKeys<string>(10);
  for (let value = 0; value < 100; value += 1) {
    keys.set(`k${value}`, 'x');
    keys.set('again', 'here');
  }
  expect(keys.get('again')).toBe('here');
});
