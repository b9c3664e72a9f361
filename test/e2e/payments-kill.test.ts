// Payments while the server is killed again and again, and the channel loses replies, answers with errors and calls back
// twice. In the end every payment has ended, the channel has moved what the books say and nothing twice.
//
// FLORIN_PAYMENT_KILLS changes how often. Each run has its own faults: the simulator says its seed.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulatorProcess } from '../channels/support/simulator.ts';
import { Business, type Instrument } from './support/business.ts';
import { florin } from './support/program.ts';
import { newSite, startServer } from './support/server.ts';

const KILLS = Number(process.env['FLORIN_PAYMENT_KILLS'] ?? 5);
/** Payments begun in a life of the server, some of them at the same time. */
const PAYMENTS = 40;
const AT_A_TIME = 8;
const AMOUNT = 1_000;

const WAYS: readonly (readonly Instrument[])[] = [
  [{ type: 'channel' }],
  [{ type: 'balance', amount: 400 }, { type: 'channel' }],
  [{ type: 'coupon', amount: 100 }, { type: 'balance', amount: 300 }, { type: 'channel' }],
];

const FAULTS = [
  { match: { verb: 'pay', probability: 0.1 }, do: [{ fault: 'drop_reply' }] },
  { match: { verb: 'pay', probability: 0.1 }, do: [{ fault: 'error', when: 'after' }] },
  { match: { verb: 'pay', probability: 0.05 }, do: [{ fault: 'reset' }] },
  { match: { verb: 'pay', probability: 0.1 }, do: [{ fault: 'refuse', reason: 'card_declined' }] },
  { match: { probability: 0.2 }, do: [{ fault: 'duplicate_callback' }] },
];

test(
  `payments under ${KILLS} kills`,
  async () => {
    const site = await newSite();
    const callbackUrl = `http://127.0.0.1:${site.port}/v1/callbacks/card`;
    const simulator = await startSimulatorProcess('--callback-url', callbackUrl);
    onTestFinished(() => void simulator.end());
    const [channels, rules] = [join(site.folder, 'channels.json'), join(site.folder, 'rules.json')];
    const card = { name: 'card', adapter: 'simulator', baseUrl: simulator.url, callbackUrl };
    writeFileSync(channels, JSON.stringify({ channels: [card] }));
    writeFileSync(rules, JSON.stringify(Business.rules()));
    const flags = ['--log-level', 'warn', '--channels', channels, '--rules', rules];

    let server = await startServer(site, { flags });
    const opened = await Business.open(site.port, 'http', simulator.url);
    await opened.topUp('alice', 10_000_000);
    opened.close();
    await opened.faults(FAULTS);
    const trades: string[] = [];
    for (let life = 0; life <= KILLS; life++) {
      const business = Business.again(site.port, simulator.url, `life-${life}`);
      const paying = Promise.allSettled(Array.from({ length: AT_A_TIME }, (_, lane) => pay(business, trades, lane)));
      if (life < KILLS) {
        await sleep(100 + 150 * (life % 4));
        await server.kill();
      }
      await paying;
      if (life < KILLS) server = await startServer(site, { flags });
    }

    const business = Business.again(site.port, simulator.url, 'end');
    const ended = await business.allEnded(trades);
    const byChannel = ended.filter(({ status }) => status === 'succeeded').reduce((sum, one) => sum + one.channel, 0);
    const { payments, refunds } = await business.channelBooks();
    const balance = await business.trialBalance();
    // What the channel took is in the books: of payments that succeeded, and the top-up; the rest is back at the channel.
    expect(payments - refunds).toBe(byChannel + 10_000_000);
    expect(balance['1110 channel clearing']).toBe(payments - refunds);
    for (const transit of ['2002 user held', '2020 payment transit', '2022 refund transit', '2090 long suspense']) {
      expect([transit, balance[transit] ?? 0]).toEqual([transit, 0]);
    }
    console.info(
      `${KILLS} kills, simulator seed ${simulator.seed}: ${trades.length} trades, ` +
        `${ended.filter(({ status }) => status === 'succeeded').length} of ${ended.length} payments succeeded`,
    );
    await server.stop();
    const { code, err } = await florin('verify', '--data', site.data, '--json');
    expect([code, err]).toEqual([0, '']);
  },
  KILLS * 20_000 + 120_000,
);

/** Trades, one after the other, each paid once; whoever gets no answer goes on: the server is gone. */
async function pay(business: Business, trades: string[], lane: number): Promise<void> {
  for (let number = 0; number < PAYMENTS / AT_A_TIME; number++) {
    const trade = await business.trade('sale', AMOUNT);
    trades.push(trade);
    await business.begin(trade, WAYS[(lane + number) % WAYS.length] ?? []);
  }
}
