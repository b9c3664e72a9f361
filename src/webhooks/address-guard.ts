// Address guard. Keeps webhooks out of the networks that the server itself can reach: what a merchant writes into a URL
// must lead to a public address (OWASP, "Server-Side Request Forgery Prevention").
//
// A1. Judged is the address that is connected to, at each connection: a name that changes its address between the look
// and the connection gains nothing. A2. All addresses of a name must be allowed, not only the first. A3. Names are
// resolved by c-ares, on the event loop: the resolver of the operating system would take threads that the journal's
// writes need, and a slow name server would stop payments.

import type { LookupAddress } from 'node:dns';
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
      void lookUp(resolve(hostname), networks, options.all === true, callback);
    },
  };
}

type LookupCallback = Parameters<LookupFunction>[2];

/** `all`: the connection tries one address after the other; else it gets the first. */
async function lookUp(
  asked: Promise<readonly string[]>,
  networks: readonly Network[],
  all: boolean,
  callback: LookupCallback,
): Promise<void> {
  const judged = await asked.then((texts) => judgedAddresses(texts, networks)).catch(errorOf);
  if (judged instanceof Error) callback(judged, '', 0);
  else if (all) callback(null, judged);
  else callback(null, judged[0].address, judged[0].family);
}

type Addresses = [LookupAddress, ...LookupAddress[]];

/** @throws Error where there is none, or one of them is refused. */
function judgedAddresses(texts: readonly string[], networks: readonly Network[]): Addresses {
  for (const text of texts) {
    const reason = refusalOf(text, networks);
    if (reason !== null) throw new Error(`address refused: ${reason}`);
  }
  const [first, ...others] = texts.map((address) => ({
    address,
    family: ipaddr.parse(address).kind() === 'ipv4' ? 4 : 6,
  }));
  if (!first) throw new Error('the name has no address');
  return [first, ...others];
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
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
