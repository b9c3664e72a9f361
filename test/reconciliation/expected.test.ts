// Expected orders: what channels should have on their bills, by day and number, as the orders say at the end.
//
// FLORIN_EXPECTED_ROWS=1000000 measures how fast a day is read.

import { expect, onTestFinished, test } from 'vitest';
import { ExpectedOrders } from '../../src/reconciliation/expected.ts';
import type { ExpectedOrder } from '../../src/reconciliation/channel-rows.ts';
import { WatchStore } from '../../src/reconciliation/watch-store.ts';
import { SEED } from '../actors/orders/support/chance.ts';
import { journalFactsOf } from './support/journal-days.ts';
import { temporaryFolder } from '../support/folder.ts';
import { randomOrders } from './support/random-orders.ts';
import { Watched } from './support/watched.ts';

const ROWS = Number(process.env['FLORIN_EXPECTED_ROWS'] ?? 10_000);
/** A seed of which payouts and refunds come back. */
const RETURNS = 2;
/** 2027-01-15, 23:58 UTC. */
const BEFORE_MIDNIGHT_MS = 1_800_057_480_000;
const NOTHING = { orders: new Map(), businesses: new Map(), heads: new Map(), breaches: new Map() };

async function all(rows: AsyncIterable<ExpectedOrder>): Promise<ExpectedOrder[]> {
  const found: ExpectedOrder[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

test.each([SEED, RETURNS])(
  'each channel order is on the day at which it ended last, what came back is beside it, FLORIN_SEED=%i',
  async (seed) => {
    const folder = temporaryFolder();
    const { frames } = await randomOrders(seed, 60, BEFORE_MIDNIGHT_MS);
    const watched = new Watched(folder);
    onTestFinished(() => watched.close());
    const half = Math.floor(frames.length / 2);
    for (const frame of frames.slice(0, half)) {
      watched.reconciler.follow(frame, 0);
      await watched.reconciler.flush();
    }
    await watched.reopen();
    for (const frame of frames.slice(watched.reconciler.followed)) watched.reconciler.follow(frame, 0);
    await watched.reconciler.flush();
    const store = new WatchStore(`${folder}/reconciliation`);
    onTestFinished(() => store.close());
    const read = new ExpectedOrders(store);
    const { byDay, lastDate } = journalFactsOf(frames);
    expect(byDay.size).toBeGreaterThan(1);
    if (seed === RETURNS) expect([...byDay.values()].flat().some(({ id }) => id.endsWith(' return'))).toBe(true);
    for (const [date, orders] of byDay) {
      const rows = await all(read.ofDay('simulator', date));
      const wanted = orders.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      expect(rows.map(({ number, status, amount, reportedAmount, channelTradeNo, verb, parent }) => [number, status, amount, reportedAmount, channelTradeNo, verb, parent])) // prettier-ignore
      .toEqual(wanted.map(({ id, status, amount, reportedAmount, channelTradeNo, verb, parent }) => [id, status, amount, reportedAmount, channelTradeNo, verb, parent])); // prettier-ignore
      for (const row of rows) expect(read.find(row.number)).toEqual(row);
    }
    expect((await all(read.open('simulator'))).map(({ number }) => number)).toEqual((byDay.get('') ?? []).map(({ id }) => id).toSorted()); // prettier-ignore
    expect(read.upTo()).toEqual({ seq: frames.length, date: lastDate });
    expect(await all(read.ofDay('other', lastDate))).toEqual([]);
    expect(read.find('chn_nobody')).toBe(null);
  },
);

test(`a day of ${ROWS} orders is read in pages`, async () => {
  const store = new WatchStore(temporaryFolder());
  onTestFinished(() => store.close());
  const numberOf = (nth: number): string => `chn_${String(nth).padStart(26, '0')}`;
  for (let from = 0; from < ROWS; from += 50_000) {
    const expected = new Map<string, ExpectedOrder>();
    for (let nth = from; nth < Math.min(from + 50_000, ROWS); nth++) expected.set(numberOf(nth), rowOf(numberOf(nth)));
    await store.commit({ ...NOTHING, expected, checkpoint: { seq: 1, since: 2, date: '2026-11-30' } });
  }
  const read = new ExpectedOrders(store);
  const beganMs = performance.now();
  let [rows, amount, last, pageMax] = [0, 0, '', 0];
  for await (const page of read.pagesOfDay('card', '2026-11-30')) {
    pageMax = Math.max(pageMax, page.length);
    for (const row of page) {
      if (row.number <= last) expect.unreachable(`${row.number} after ${last}`);
      rows += 1;
      amount += row.amount;
      last = row.number;
    }
  }
  const perSecond = Math.round((rows / (performance.now() - beganMs)) * 1_000);
  expect([rows, amount]).toEqual([ROWS, ROWS * 100]);
  expect(pageMax).toBeLessThanOrEqual(4_096);
  console.info(`expected.test.ts: ${rows} rows, ${perSecond.toLocaleString('en-US')}/s, with a check of each`);
}, 120_000);

function rowOf(number: string): ExpectedOrder {
  return {
    number,
    channel: 'card',
    date: '2026-11-30',
    verb: 'pay',
    status: 'succeeded',
    amount: 100,
    currency: 'EUR',
    reportedAmount: 100,
    reportedCurrency: 'EUR',
    channelTradeNo: `their ${number}`,
    merchant: 'acme',
    parent: `pay_${number.slice(4)}`,
  };
}
