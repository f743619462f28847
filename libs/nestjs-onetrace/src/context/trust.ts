import { BlockList, isIP } from 'node:net';
import { isPromise } from 'node:util/types';
import { noticeOnce } from './notice.js';

/** A request as far as trust is concerned: its socket's peer. */
export interface TrustSubject {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, unknown>>;
}

/**
 * Whose tracing headers are believed: nobody's, those of loopback and private networks, of the listed networks
 * (CIDR notation or single addresses), or what a predicate says of the request.
 */
export type TrustRule = 'none' | 'private' | readonly string[] | ((request: TrustSubject) => boolean);

const PRIVATE_NETWORKS = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
] as const;
/** Peers whose answer is remembered: edges are few, and a lookup costs a tenth of the check. */
const REMEMBERED_PEERS = 1024;

/**
 * Compiles a trust rule into a check of one request. The socket's peer address decides, not `req.ip`: behind
 * `trust proxy` that is the far client and would make the proxy's own headers untrusted. A predicate that throws, or answers
 * anything but true, means "not trusted"; one notice says so.
 *
 * @throws TypeError when a listed network is neither an address nor in CIDR notation.
 */
export function compileTrust(rule: TrustRule): (request: TrustSubject) => boolean {
  if (rule === 'none') return () => false;
  if (typeof rule === 'function') return (request) => isTrustedBy(rule, request);
  const networks = networksOf(rule === 'private' ? PRIVATE_NETWORKS : rule);
  const remembered = new Map<string, boolean>();
  return (request) => {
    const address = request.socket.remoteAddress;
    if (address === undefined) return rule === 'private' && isUnixSocket(request.socket);
    const known = remembered.get(address);
    if (known !== undefined) return known;
    const trusted = contains(networks, address);
    if (remembered.size >= REMEMBERED_PEERS) remembered.clear();
    remembered.set(address, trusted);
    return trusted;
  };
}

/**
 * Compiles the same rule into a check of one hop of `X-Forwarded-For`. A predicate is asked about requests and their peers: what it says of a request
 * holds for no other address, so that no hop but the peer itself is trusted then.
 */
export function compileHopTrust(rule: TrustRule): (address: string) => boolean {
  if (typeof rule === 'function') return () => false;
  const isTrusted = compileTrust(rule);
  return (address) => isTrusted({ socket: { remoteAddress: address }, headers: {} });
}

function isTrustedBy(predicate: (request: TrustSubject) => unknown, request: TrustSubject): boolean {
  let answer: unknown;
  try {
    answer = predicate(request);
  } catch (error) {
    noticeOnce('trust-threw', 'the function given as `trust` threw; the request was not trusted', {
      reason: reasonOf(error),
    });
    return false;
  }
  if (typeof answer === 'boolean') return answer;
  if (isPromise(answer)) ignoreRejection(answer);
  noticeOnce(
    'trust-answer',
    'the function given as `trust` must return true or false at once; the request was not trusted',
    { received: isPromise(answer) ? 'a Promise' : typeof answer },
  );
  return false;
}

/** A Promise that nobody awaits would end the process when it rejects; one of another realm, such as a test runner's, is no `instanceof` ours. */
function ignoreRejection(promise: Promise<unknown>): void {
  try {
    void Promise.prototype.then.call(promise, undefined, () => undefined);
  } catch {
    // What it says of its constructor is wrong; it has been asked for nothing but its silence.
  }
}

/** Anything can be thrown, and some of it cannot even be looked at. */
function reasonOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return 'what it threw cannot be read';
  }
}

/**
 * Only a process of this machine can be at the other end of a Unix domain socket, which has no peer address. A TCP socket has none
 * either once its peer is gone, so that the listening address has to say which of the two it is.
 */
function isUnixSocket(socket: object): boolean {
  const { server } = socket as { server?: { address?(): unknown } };
  return typeof server?.address?.() === 'string';
}

function contains(networks: BlockList, address: string): boolean {
  // A zone (`fe80::1%eth0`) names the interface of this machine, not the peer.
  const plain = address.split('%', 1)[0] ?? address;
  const family = isIP(plain);
  return family !== 0 && networks.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

function networksOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const { address, bits, family } = parseNetwork(entry);
    list.addSubnet(address, bits, family);
  }
  return list;
}

const PREFIX = /^\d{1,3}$/;
const MAPPED_PREFIX_BITS = 96;

function parseNetwork(entry: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } {
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = isIP(address);
  const width = family === 6 ? 128 : 32;
  const bits = prefix === undefined ? width : PREFIX.test(prefix) ? Number(prefix) : Number.NaN;
  if (family === 0 || address.includes('%') || rest.length > 0 || !(bits >= 0 && bits <= width)) {
    throw new TypeError(`"${entry}" is neither an IP address nor a network in CIDR notation`);
  }
  const mapped = family === 6 ? mappedIpv4(address) : undefined;
  // A network of mapped addresses is one of IPv4 addresses: peers come in either form.
  if (mapped !== undefined && bits >= MAPPED_PREFIX_BITS) {
    return { address: mapped, bits: bits - MAPPED_PREFIX_BITS, family: 'ipv4' };
  }
  return { address, bits, family: family === 6 ? 'ipv6' : 'ipv4' };
}

const MAPPED = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

/** The IPv4 address inside a mapped IPv6 address, in whatever form that is written. */
function mappedIpv4(address: string): string | undefined {
  const match = MAPPED.exec(new URL(`http://[${address}]`).hostname);
  if (match === null) return undefined;
  const [high, low] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
