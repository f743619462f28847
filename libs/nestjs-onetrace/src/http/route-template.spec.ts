import { expect, it } from '@jest/globals';
import { handledRoute, matchedRoute } from './route-template.js';

/** An Express application inside another one; one that stands alone is mounted at `/`, and its `path()` is empty. */
const mountedAt = (path: string): object => ({ mountpath: path, path: () => path });

it.each<[object, string | undefined, string | undefined]>([
  [{ route: { path: '/a/:id' }, baseUrl: '' }, '/a/:id', '/a/:id'],
  [{ route: { path: '/:id' }, baseUrl: '/tenants/42' }, '/*/:id', '/*/:id'],
  [{ route: { path: '/:id' }, baseUrl: '/mounted', app: mountedAt('/mounted') }, '/mounted/:id', '/mounted/:id'],
  [{ route: { path: '/a' }, baseUrl: '/tenants/42', app: mountedAt('/tenants/:t') }, '/tenants/:t/a', '/tenants/:t/a'],
  [{ route: { path: '/a' }, baseUrl: '/mounted/42', app: mountedAt('/mounted') }, '/*/a', '/*/a'],
  [{ route: { path: '/files/*path' } }, '/files/*', '/files/*'],
  [{ route: { path: '/files{/*path}' } }, undefined, '/files/*'],
  [{ route: { path: '/api{/*path}' } }, undefined, '/api/*'],
  [{ route: { path: '/api*path' } }, undefined, '/api*'],
  [{ route: { path: '*path' } }, undefined, '/*'],
  [{ route: { path: /^\/a/ } }, undefined, undefined],
  [{}, undefined, undefined],
  [{ routeOptions: { url: '/a/:id' } }, '/a/:id', '/a/:id'],
  [{ routeOptions: { url: '/files/*' } }, '/files/*', '/files/*'],
  [{ routeOptions: { url: '*' } }, undefined, '/*'],
  [{ routeOptions: { url: undefined } }, undefined, undefined],
  [{ routeOptions: { url: '/api/*' }, is404: true }, undefined, '/api/*'],
])('the route of %j is %p, and %p in its handler', (request, matched, handled) => {
  expect(matchedRoute(request)).toBe(matched);
  expect(handledRoute(request)).toBe(handled);
});
