import { expect, it } from '@jest/globals';
import { compileIgnore, DEFAULT_IGNORED_PATHS } from './http-settings.js';
import { targetPath } from './target-path.js';

it.each([
  ['/a/b?token=abc', '/a/b'],
  ['http://user:s3cret@host/plain?token=abc', '/plain'],
  ['http://user:s3cret@host', '/'],
  ['*', '*'],
  [undefined, '/'],
])('the path of %p is %p', (target, path) => expect(targetPath(target)).toBe(path));

it.each([
  ['/health', true],
  ['/healthz', true],
  ['/health/ready', true],
  ['/health/liveness', true],
  ['/health/', true],
  ['/health/database', false],
  ['/favicon.ico', true],
  ['/patients/42/health-records', false],
  ['/v1/runs/healthy-run', false],
  ['/v1/runs/health', false],
])('%s is left out: %p', (path, ignored) => expect(compileIgnore(DEFAULT_IGNORED_PATHS)(path)).toBe(ignored));

it('leaves out every request that a global pattern names, not every second', () => {
  const isIgnored = compileIgnore([/x/g]);
  expect([isIgnored('/x'), isIgnored('/x'), isIgnored('/x')]).toEqual([true, true, true]);
});
