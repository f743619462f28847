import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { setNoticeSink } from './notice.js';
import { compileTrust, type TrustRule } from './trust.js';

const from = (remoteAddress: string | undefined, listening?: unknown) => ({
  socket: { remoteAddress, server: { address: () => listening } },
  headers: {},
});

const unreadable = (): never => {
  throw new Error('unreadable');
};

describe('trust is decided on the socket peer', () => {
  it.each<[TrustRule, string | undefined, boolean]>([
    ['none', '127.0.0.1', false],
    ['private', '127.0.0.1', true],
    ['private', '::1', true],
    ['private', '::ffff:172.18.0.3', true],
    ['private', '::ffff:a00:1', true],
    ['private', '::FFFF:A00:1', true],
    ['private', '0:0:0:0:0:ffff:a00:1', true],
    ['private', '::ffff:808:808', false],
    ['private', '172.32.0.1', false],
    ['private', 'fd00::7', true],
    ['private', 'fe80::1%eth0', true],
    ['private', '2001:db8::1%eth0', false],
    ['private', '2001:db8::1', false],
    [['10.1.0.0/16'], '10.1.2.3', true],
    [['10.1.0.0/16'], '::ffff:a01:203', true],
    [['10.1.0.0/16'], '10.2.0.1', false],
    [['2001:db8::/32'], '2001:db8::5', true],
    [['203.0.113.7'], '::ffff:203.0.113.7', true],
    [['::ffff:10.1.0.0/112'], '10.1.2.3', true],
    [['::ffff:10.1.0.0/112'], '::ffff:a01:203', true],
    [['::ffff:a01:0/112'], '10.1.2.3', true],
    [['::ffff:10.1.0.0/112'], '10.2.0.1', false],
    [['::ffff:203.0.113.7'], '203.0.113.7', true],
    [['203.0.113.7'], 'not an address', false],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [[], '127.0.0.1', false],
    [() => true, '203.0.113.7', true],
  ])('%p and peer %p: %p', (rule, peer, expected) => {
    const isTrusted = compileTrust(rule);
    expect(isTrusted(from(peer))).toBe(expected);
    expect(isTrusted(from(peer))).toBe(expected);
  });

  it('believes the other end of a Unix domain socket under "private" alone', () => {
    expect(compileTrust('private')(from(undefined, '/run/app.sock'))).toBe(true);
    expect(compileTrust(['10.0.0.0/8'])(from(undefined, '/run/app.sock'))).toBe(false);
  });

  it('does not take a TCP peer that is already gone for a Unix domain socket', () => {
    expect(compileTrust('private')(from(undefined, { address: '0.0.0.0', port: 80, family: 'IPv4' }))).toBe(false);
    expect(compileTrust('private')({ socket: {}, headers: {} })).toBe(false);
  });

  it('stays right for more peers than it remembers', () => {
    const isTrusted = compileTrust(['10.0.0.0/16']);
    for (let round = 0; round < 2; round += 1) {
      for (let host = 0; host < 1500; host += 1) {
        const low = `${host >> 8}.${host & 255}`;
        expect(isTrusted(from(`10.0.${low}`))).toBe(true);
        expect(isTrusted(from(`10.1.${low}`))).toBe(false);
      }
    }
  });

  it('trusts nobody on whose account the predicate throws or does not answer true, and says so once', async () => {
    const notices: string[] = [];
    setNoticeSink((message) => void notices.push(message));
    const faulty: (() => unknown)[] = [
      () => {
        throw new Error('bug in the predicate');
      },
      () => 'yes',
      () => 1,
      () => undefined,
      () => Promise.resolve(true),
      () => Promise.reject(new Error('later')),
      runInNewContext("() => Promise.reject(new Error('later, in another realm'))") as () => unknown,
      () => {
        throw new Proxy({}, { get: unreadable, getPrototypeOf: unreadable });
      },
    ];
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    for (const predicate of faulty) {
      expect(compileTrust(predicate as () => boolean)(from('127.0.0.1'))).toBe(false);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', onRejection);
    expect(rejections).toEqual([]);
    expect(notices).toEqual([
      'the function given as `trust` threw; the request was not trusted',
      'the function given as `trust` must return true or false at once; the request was not trusted',
    ]);
  });

  it.each([
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/x',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '::/129',
    'fe80::1%eth0',
    '',
  ])('refuses %p as a network', (entry) => {
    expect(() => compileTrust([entry])).toThrow(`"${entry}" is neither an IP address nor a network`);
  });
});
