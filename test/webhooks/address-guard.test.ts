// Where webhooks must not go, however it is written, and whatever a name server says.

import type { LookupAddress } from 'node:dns';
import { describe, expect, it, vi } from 'vitest';
import { makeAddressGuard, type Resolve } from '../../src/webhooks/address-guard.ts';

/** As a person would write it into a URL; the range that it is refused for. */
const NASTY: readonly (readonly [host: string, reason: string])[] = [
  // This machine.
  ['127.0.0.1', 'loopback'],
  ['127.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['2130706433', 'loopback'],
  ['0x7f000001', 'loopback'],
  ['0x7f.0.0.1', 'loopback'],
  ['0177.0.0.1', 'loopback'],
  ['0177.0.0.01', 'loopback'],
  ['127.0.0.1.', 'loopback'],
  ['１２７.０.０.１', 'loopback'],
  ['127。0。0。1', 'loopback'],
  ['%31%32%37.0.0.1', 'loopback'],
  ['[::1]', 'loopback'],
  ['[0:0:0:0:0:0:0:1]', 'loopback'],
  ['[0000::0001]', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['[::]', 'unspecified'],
  // Networks of its own.
  ['10.0.0.1', 'private'],
  ['10.255.255.255', 'private'],
  ['167772161', 'private'],
  ['0xa000001', 'private'],
  ['012.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['192.168.257', 'private'],
  ['0xc0a80001', 'private'],
  ['[fc00::1]', 'uniqueLocal'],
  ['[fd12:3456:789a::1]', 'uniqueLocal'],
  ['[fec0::1]', 'deprecatedSiteLocal'],
  ['100.64.0.1', 'carrierGradeNat'],
  ['100.127.255.255', 'carrierGradeNat'],
  // Metadata and platform services of clouds.
  ['169.254.169.254', 'linkLocal'],
  ['169.254.170.2', 'linkLocal'],
  ['2852039166', 'linkLocal'],
  ['0xa9fea9fe', 'linkLocal'],
  ['0251.0376.0251.0376', 'linkLocal'],
  ['[fe80::1]', 'linkLocal'],
  ['[fe80::a9fe:a9fe]', 'linkLocal'],
  ['[fd00:ec2::254]', 'uniqueLocal'],
  ['100.100.100.200', 'carrierGradeNat'],
  ['168.63.129.16', 'platform'],
  ['192.0.0.192', 'reserved'],
  // IPv4 inside IPv6.
  ['[::ffff:127.0.0.1]', 'ipv4Mapped'],
  ['[::ffff:7f00:1]', 'ipv4Mapped'],
  ['[::ffff:169.254.169.254]', 'ipv4Mapped'],
  ['[::ffff:8.8.8.8]', 'ipv4Mapped'],
  ['[0:0:0:0:0:ffff:10.0.0.1]', 'ipv4Mapped'],
  ['[::ffff:0:127.0.0.1]', 'rfc6145'],
  ['[::127.0.0.1]', 'not global'],
  ['[::10.0.0.1]', 'not global'],
  ['[64:ff9b::127.0.0.1]', 'rfc6052'],
  ['[64:ff9b::a9fe:a9fe]', 'rfc6052'],
  ['[64:ff9b:1::10.0.0.1]', 'rfc6052'],
  ['[2002:7f00:1::]', '6to4'],
  ['[2002:a9fe:a9fe::1]', '6to4'],
  ['[2001:0:7f00:1::1]', 'teredo'],
  // Nobody's, or everybody's.
  ['224.0.0.1', 'multicast'],
  ['239.255.255.250', 'multicast'],
  ['[ff02::1]', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['240.0.0.1', 'reserved'],
  ['192.0.2.1', 'reserved'],
  ['198.51.100.1', 'reserved'],
  ['203.0.113.1', 'reserved'],
  ['198.18.0.1', 'reserved'],
  ['192.88.99.1', 'reserved'],
  ['[2001:db8::1]', 'reserved'],
  ['[3fff::1]', 'reserved'],
  ['[100::1]', 'discard'],
  ['[4000::1]', 'not global'],
];

const never: Resolve = () => Promise.reject(new Error('nobody may be asked'));

/** What a connection to this name would get. */
function lookUp(resolve: Resolve, allowed: readonly string[] = [], all = true): Promise<LookupAddress[] | string> {
  const { lookup } = makeAddressGuard(allowed, resolve);
  return new Promise((done) => {
    lookup('shop.example', { all }, (error, address) => {
      done(error ? error.message : typeof address === 'string' ? address : address);
    });
  });
}

describe('an address in a URL', () => {
  const guard = makeAddressGuard([], never);

  it.each(NASTY)('%s is refused: %s', (host, reason) => {
    expect(guard.refusalOfHost(new URL(`https://${host}/`).hostname)).toBe(reason);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '[2606:4700:4700::1111]', '[2a00:1450:4001::1]'])(
    '%s is not',
    (host) => expect(guard.refusalOfHost(new URL(`https://${host}/`).hostname)).toBeNull(),
  );

  it('with a zone is no address of a URL at all', () => {
    expect(URL.canParse('https://[fe80::1%25eth0]/')).toBe(false);
    expect(guard.refusalOfHost('fe80::1%eth0')).toBe('not a plain address');
  });
});

describe('a name', () => {
  it.each(NASTY.map(([host, reason]) => [new URL(`https://${host}/`).hostname.replace(/[[\]]/g, ''), reason] as const))(
    'that leads to %s is refused: %s',
    async (address, reason) => {
      expect(await lookUp(() => Promise.resolve([address]))).toBe(`address refused: ${reason}`);
    },
  );

  it('is refused for any of its addresses', async () => {
    expect(await lookUp(() => Promise.resolve(['8.8.8.8', '10.0.0.1']))).toBe('address refused: private');
    expect(await lookUp(() => Promise.resolve(['8.8.8.8', 'fe80::1%eth0']))).toMatch('address refused');
    expect(await lookUp(() => Promise.resolve([]))).toBe('the name has no address');
  });

  it('leads to exactly the addresses that were judged, asked for once', async () => {
    const resolve = vi.fn<Resolve>().mockResolvedValueOnce(['8.8.8.8', '2606:4700::1']).mockResolvedValue(['10.0.0.1']);
    expect(await lookUp(resolve)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ]);
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(await lookUp(resolve)).toBe('address refused: private');
    expect(await lookUp(() => Promise.resolve(['8.8.8.8']), [], false)).toBe('8.8.8.8');
  });

  it('that nobody knows is an error of the look-up', async () => {
    expect(await lookUp(never)).toBe('nobody may be asked');
  });
});

describe('networks that the operator allows', () => {
  it('are open, and nothing beside them', async () => {
    const guard = makeAddressGuard(['127.0.0.0/8', 'fd00::/8'], never);
    expect(guard.refusalOfHost('127.0.0.1')).toBeNull();
    expect(guard.refusalOfHost('[fd00::1]')).toBeNull();
    expect(guard.refusalOfHost('10.0.0.1')).toBe('private');
    expect(guard.refusalOfHost('[::ffff:127.0.0.1]')).toBe('ipv4Mapped');
    expect(await lookUp(() => Promise.resolve(['127.0.0.1']), ['127.0.0.0/8'])).toEqual([
      { address: '127.0.0.1', family: 4 },
    ]);
  });
});
