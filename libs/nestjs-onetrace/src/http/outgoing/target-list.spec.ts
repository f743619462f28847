import { expect, it } from '@jest/globals';
import { compileTargets } from './target-list.js';

it.each<[(string | RegExp)[], string, string, boolean]>([
  [['http://orders:3000'], 'http://orders:3000', '/a?b=c', true],
  [['http://orders:3000/'], 'http://orders:3000', '/', true],
  [['http://orders:80'], 'http://orders', '/', true],
  [['http://orders'], 'http://Orders:80/', '/', true],
  [['http://[::1]:3000'], 'http://[::1]:3000', '/', true],
  [['http://orders:3000'], 'http://orders:3001', '/', false],
  [['http://orders:3000'], 'https://orders:3000', '/', false],
  [['http://orders:3000'], 'http://orders.evil.test:3000', '/', false],
  [['http://orders:3000'], 'http://evil.test', '/http://orders:3000', false],
  [['http://orders:3000'], 'nonsense', '/', false],
  [['http://orders:3000'], 'null', '/', false],
  [[/^https:\/\/[a-z]+\.internal\/v1\//], 'https://users.internal', '/v1/7', true],
  [[/^https:\/\/[a-z]+\.internal\/v1\//], 'https://users.internal', '/v2/7', false],
  [[/^https:\/\/[a-z]+\.internal\//g], 'https://users.internal', '/', true],
  [[], 'http://orders:3000', '/', false],
])('of %j, %s%s is a target: %p', (list, origin, path, expected) => {
  const isTarget = compileTargets(list);
  expect([isTarget(origin, path), isTarget(origin, path)]).toEqual([expected, expected]);
});

it('stays right for more origins than it remembers', () => {
  const isTarget = compileTargets([/^http:\/\/h\d+:3000\/$/]);
  for (let host = 0; host < 1200; host += 1) expect(isTarget(`http://h${host}:3000`, '/')).toBe(true);
});
