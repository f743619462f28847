import { BlockList, isIP, isIPv4 } from 'node:net';

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
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Compiles a trust rule into a check of one request. The socket's peer address decides, not `req.ip`: behind
 * `trust proxy` that is the far client and would make the proxy's own headers untrusted. A predicate that throws
 * means "not trusted".
 *
 * @throws TypeError when a listed network is neither an address nor in CIDR notation.
 */
export function compileTrust(rule: TrustRule): (request: TrustSubject) => boolean {
  if (rule === 'none') return () => false;
  if (typeof rule === 'function') {
    return (request) => {
      try {
        return rule(request);
      } catch {
        return false;
      }
    };
  }
  const networks = networksOf(rule === 'private' ? PRIVATE_NETWORKS : rule);
  return (request) => {
    const address = request.socket.remoteAddress;
    // A Unix domain socket has no peer address: only a process of this machine can be at its other end.
    if (address === undefined) return rule === 'private';
    const plain = MAPPED_IPV4.exec(address)?.[1] ?? address;
    return isIP(plain) !== 0 && networks.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  };
}

function networksOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
    if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) {
      throw new TypeError(`"${entry}" is neither an IP address nor a network in CIDR notation`);
    }
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
