import { describe, expect, it } from '@jest/globals';
import { compileTrust, type TrustRule } from './trust.js';

const from = (remoteAddress: string | undefined) => ({ socket: { remoteAddress }, headers: {} });

describe('trust is decided on the socket peer', () => {
  it.each<[TrustRule, string | undefined, boolean]>([
    ['none', '127.0.0.1', false],
    ['private', '127.0.0.1', true],
    ['private', '::ffff:172.18.0.3', true],
    ['private', '172.32.0.1', false],
    ['private', 'fd00::7', true],
    ['private', '2001:db8::1', false],
    ['private', undefined, true],
    [['10.1.0.0/16'], '10.1.2.3', true],
    [['10.1.0.0/16'], '10.2.0.1', false],
    [['2001:db8::/32'], '2001:db8::5', true],
    [['203.0.113.7'], '::ffff:203.0.113.7', true],
    [['203.0.113.7'], 'not an address', false],
    [() => true, '203.0.113.7', true],
    [
      () => {
        throw new Error('bug in the predicate');
      },
      '127.0.0.1',
      false,
    ],
  ])('%p and peer %p: %p', (rule, peer, expected) => {
    expect(compileTrust(rule)(from(peer))).toBe(expected);
  });

  it.each(['localhost', '10.0.0.0/33', '10.0.0.0/x', ''])('refuses %p as a network', (entry) => {
    expect(() => compileTrust([entry])).toThrow(`"${entry}" is neither an IP address nor a network`);
  });
});
