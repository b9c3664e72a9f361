// Address guard. Keeps webhooks out of the networks that the server itself can reach: what a merchant writes into a URL
// must lead to a public address (OWASP, "Server-Side Request Forgery Prevention").
//
// A1. Judged is the address that is connected to, at each connection: a name that changes its address between the look
// and the connection gains nothing. A2. All addresses of a name must be allowed, not only the first. A3. Names are
// resolved by c-ares, on the event loop: the resolver of the operating system would take threads that the journal's
// writes need, and a slow name server would stop payments.

import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** The addresses of a name; throws where it has none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export type AddressGuard = {
  /** Why nothing is sent to this host of a URL; null for a name, which is judged when it has an address. */
  readonly refusalOfHost: (hostname: string) => string | null;
  /** Looks names up for a connection, and fails where an address is refused. */
  readonly lookup: LookupFunction;
};

/** For one query of a name server, ms, and how often it is asked: within the time of a connection. */
const RESOLVING = { timeout: 2_000, tries: 2 } as const;

/** Public by its range, but in one cloud the machine's own metadata and platform service. */
const PLATFORM_ADDRESSES: readonly string[] = ['168.63.129.16'];

/** All that is routed publicly (RFC 4291 §2.4); the ranges within it that are not are told by ipaddr.js. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** `allowed`: networks that the operator lets webhooks into, as CIDR. `resolve`: for tests. */
export function makeAddressGuard(allowed: readonly string[], resolve: Resolve = resolveName): AddressGuard {
  const networks: Network[] = allowed.map((cidr) => ipaddr.parseCIDR(cidr));
  return {
    refusalOfHost: (hostname) => {
      const text = hostname.replace(/^\[(.*)\]$/, '$1');
      return ipaddr.isValid(text) ? refusalOf(text, networks) : null;
    },
    lookup: (hostname, options, callback) => {
      resolve(hostname).then(
        (addresses) => answerLookup(addresses, networks, options.all === true, callback),
        (error: NodeJS.ErrnoException) => callback(error, '', 0),
      );
    },
  };
}

type LookupCallback = Parameters<LookupFunction>[2];

function answerLookup(texts: readonly string[], networks: Network[], all: boolean, callback: LookupCallback): void {
  for (const text of texts) {
    const reason = refusalOf(text, networks);
    if (reason !== null) {
      callback(new Error(`address refused: ${reason}`), '', 0);
      return;
    }
  }
  const addresses = texts.map((address) => ({ address, family: ipaddr.parse(address).kind() === 'ipv4' ? 4 : 6 }));
  const [first] = addresses;
  if (!first) callback(new Error('the name has no address'), '', 0);
  else if (all) callback(null, addresses);
  else callback(null, first.address, first.family);
}

/** Why nothing is sent to this address; null where it may be. */
function refusalOf(text: string, networks: readonly Network[]): string | null {
  if (text.includes('%') || !ipaddr.isValid(text)) return 'not a plain address';
  const address = ipaddr.parse(text);
  if (networks.some((network) => isWithin(address, network))) return null;
  if (PLATFORM_ADDRESSES.includes(address.toString())) return 'platform';
  const range = address.range();
  if (range !== 'unicast') return range;
  // What lies outside is not assigned, or stands for an IPv4 address in a spelling of the past (::10.0.0.1).
  return isWithin(address, GLOBAL_UNICAST) || address.kind() === 'ipv4' ? null : 'not global';
}

function isWithin(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

async function resolveName(hostname: string): Promise<readonly string[]> {
  const resolver = new Resolver(RESOLVING);
  const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length === 0) throw new Error('the name has no address');
  return addresses;
}
