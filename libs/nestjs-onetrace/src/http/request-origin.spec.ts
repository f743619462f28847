import type { IncomingMessage } from 'node:http';
import { expect, it } from '@jest/globals';
import { readOrigin } from './request-origin.js';
import { httpSettings } from './traced-server.fixture.js';

const NO_ONE = { scheme: 'http', serverAddress: undefined, serverPort: undefined, clientAddress: '10.0.0.1' };

it.each<[string, Record<string, string>, boolean, object]>([
  ['a host', { host: 'shop.test' }, false, { serverAddress: 'shop.test' }],
  ['a host and a port', { host: 'shop.test:8080' }, false, { serverAddress: 'shop.test', serverPort: 8080 }],
  ['IPv6', { host: '[::1]:3000' }, false, { serverAddress: '::1', serverPort: 3000 }],
  ['an impossible port', { host: 'shop.test:99999' }, false, { serverAddress: 'shop.test' }],
  ['what is no host', { host: 'a b/<script>' }, false, {}],
  ['HTTP/2', { ':authority': 'shop.test' }, false, { serverAddress: 'shop.test' }],
  [
    'forwarded headers of anybody',
    { host: 'a', 'x-forwarded-host': 'b', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' },
    false,
    { serverAddress: 'a' },
  ],
  [
    'forwarded headers of a trusted peer',
    { host: 'a', 'x-forwarded-host': 'shop.test', 'x-forwarded-proto': 'HTTPS', 'x-forwarded-for': '203.0.113.9' },
    true,
    { scheme: 'https', serverAddress: 'shop.test', clientAddress: '203.0.113.9' },
  ],
  [
    'what the far client pretends to be',
    { 'x-forwarded-for': '8.8.8.8, 203.0.113.9, 10.0.0.7' },
    true,
    { clientAddress: '203.0.113.9' },
  ],
  ['a hop that is no address', { 'x-forwarded-for': 'unknown, 10.0.0.7' }, true, { clientAddress: '10.0.0.7' }],
  ['nonsense', { 'x-forwarded-for': 'nonsense', 'x-forwarded-proto': 'gopher' }, true, {}],
])('%s is read', (_, headers, trusted, expected) => {
  const request = { headers, socket: { remoteAddress: '10.0.0.1' } } as unknown as IncomingMessage;
  expect(readOrigin(request, trusted, httpSettings())).toEqual({ ...NO_ONE, ...expected });
});

it('is https where the socket is encrypted', () => {
  const request = { headers: {}, socket: { remoteAddress: '10.0.0.1', encrypted: true } } as unknown as IncomingMessage;
  expect(readOrigin(request, false, httpSettings()).scheme).toBe('https');
});
