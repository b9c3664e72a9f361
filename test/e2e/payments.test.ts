// Payments from end to end: the built program and a channel simulator, each a process of its own, over HTTP and over
// WebSocket. What each sort of trade books, read from the vouchers that clients see, and where the money is afterwards.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSimulatorProcess } from '../channels/support/simulator.ts';
import { Business, type Way } from './support/business.ts';
import { florin } from './support/program.ts';
import { newSite, startServer } from './support/server.ts';

/** Starts both; they end with the test. */
async function open(way: Way): Promise<{ business: Business; end: () => Promise<string> }> {
  const site = await newSite();
  const callbackUrl = `http://127.0.0.1:${site.port}/v1/callbacks/card`;
  const simulator = await startSimulatorProcess('--callback-url', callbackUrl, '--fund', '100000');
  onTestFinished(() => void simulator.end());
  const channels = { channels: [{ name: 'card', adapter: 'simulator', baseUrl: simulator.url, callbackUrl }] };
  const [channelsFile, rulesFile] = [join(site.folder, 'channels.json'), join(site.folder, 'rules.json')];
  writeFileSync(channelsFile, JSON.stringify(channels));
  writeFileSync(rulesFile, JSON.stringify(Business.rules()));
  const flags = ['--log-level', 'warn', '--channels', channelsFile, '--rules', rulesFile];
  const server = await startServer(site, { flags });
  const business = await Business.open(site.port, way, simulator.url);
  const end = async (): Promise<string> => {
    business.close();
    await server.stop();
    const { out, code } = await florin('verify', '--data', site.data);
    return code === 0 ? 'verified' : out;
  };
  return { business, end };
}

describe.each<Way>(['http', 'ws'])('over %s', (way) => {
  test('a top-up, a sale by coupon, balance and card, its refund, an escrow, and a withdrawal', async () => {
    const { business, end } = await open(way);

    expect(await business.topUp('alice', 10_000)).toEqual(['RC1: debit 1110 10000, credit 2001 alice 10000']);

    const sale = await business.trade('sale', 6_000);
    expect(
      await business.pay(sale, [
        { type: 'coupon', amount: 500 },
        { type: 'balance', amount: 2_500 },
        { type: 'channel' },
      ]),
    ).toEqual([
      'PY3: debit 5002 500, credit 2020 500',
      'HD1: debit 2001 alice 2500, credit 2002 alice 2500',
      'PY2: debit 2002 alice 2500, credit 2020 2500',
      'PY1: debit 1110 3000, credit 2020 3000',
      'PY4: debit 2020 6000, credit 2003 6000',
    ]);
    expect(await business.vouchersOf('trades', sale)).toEqual([
      'ST1: debit 2003 6000, credit 2004 shop 5940, credit 4001 60',
    ]);

    expect(await business.refund(sale, 3_000)).toEqual([
      'RF1: debit 2004 shop 3000, credit 2022 3000',
      'RF2: debit 2022 1250, credit 2001 alice 1250',
      'RF2: debit 2022 250, credit 5002 250',
      'RF2: debit 2022 1500, credit 1110 1500',
    ]);

    const escrow = await business.trade('escrow', 2_000);
    expect(await business.pay(escrow, [{ type: 'channel' }])).toEqual([
      'PY1: debit 1110 2000, credit 2020 2000',
      'PY4: debit 2020 2000, credit 2010 2000',
    ]);
    expect(await business.confirm(escrow)).toEqual([
      'GC1: debit 2010 2000, credit 2003 2000',
      'ST1: debit 2003 2000, credit 2004 shop 1980, credit 4001 20',
    ]);

    expect(await business.withdraw('alice', 1_000)).toEqual([
      'WD1: debit 2001 alice 1000, credit 2021 1000',
      'WD2: debit 2021 1000, credit 1001 1000',
    ]);

    expect(await business.trialBalance()).toEqual({
      '1001 bank': -1_000,
      '1110 channel clearing': 13_500,
      '2001 user available': 7_750,
      '2004 merchant available': 4_920,
      '4001 payment fee': 80,
      '5002 marketing': 250,
    });
    // What the channel has moved is what the books say of it.
    expect(await business.channelBooks()).toEqual({ payments: 15_000, refunds: 1_500, payouts: 1_000 });
    expect(await end()).toBe('verified');
  });

  test('a card that is refused: nothing is kept, and another way pays', async () => {
    const { business, end } = await open(way);
    await business.topUp('alice', 10_000);
    await business.fault({ verb: 'pay', amount: 3_000 }, { fault: 'refuse', reason: 'card_declined' });
    const sale = await business.trade('sale', 6_000);
    const vouchers = await business.pay(sale, [{ type: 'balance', amount: 3_000 }, { type: 'channel' }], 'failed');
    expect(vouchers).toEqual([
      'HD1: debit 2001 alice 3000, credit 2002 alice 3000',
      'HD3: debit 2002 alice 3000, credit 2001 alice 3000',
    ]);
    await business.pay(sale, [{ type: 'balance' }]);
    expect(await business.trialBalance()).toEqual({
      '1110 channel clearing': 10_000,
      '2001 user available': 4_000,
      '2004 merchant available': 5_940,
      '4001 payment fee': 60,
    });
    expect(await end()).toBe('verified');
  });

  test('a reply that is lost after the money moved: unknown, then found by asking', async () => {
    const { business, end } = await open(way);
    await business.fault({ verb: 'pay' }, { fault: 'drop_reply' }, { fault: 'no_callback' });
    const sale = await business.trade('sale', 3_000);
    expect(await business.pay(sale, [{ type: 'channel' }])).toEqual([
      'PY1: debit 1110 3000, credit 2020 3000',
      'PY4: debit 2020 3000, credit 2003 3000',
    ]);
    expect(await business.channelBooks()).toEqual({ payments: 3_000, refunds: 0, payouts: 0 });
    expect(await end()).toBe('verified');
  });
});
