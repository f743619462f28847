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

it('believes of a peer that a predicate trusts the last hop alone: by the same headers every hop would be trusted', () => {
  const headers = { 'x-edge-secret': 's3cret', 'x-forwarded-for': '6.6.6.6, 203.0.113.9' };
  const request = { headers, socket: { remoteAddress: '10.0.0.1' } } as unknown as IncomingMessage;
  const asked: unknown[] = [];
  const settings = httpSettings((subject) => {
    asked.push(subject);
    return subject.headers['x-edge-secret'] === 's3cret';
  });
  expect(readOrigin(request, settings.isTrusted(request), settings).clientAddress).toBe('203.0.113.9');
  expect(asked).toEqual([request]);
});
