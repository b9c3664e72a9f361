// What two people decide of differences, over HTTP: what the channel never had has failed, what was set aside is found again; and
// what the bank sent back, or a refund returned, is on the bill of its day and no difference.

import { expect, test } from 'vitest';
import { Reconciling } from './support/reconciling.ts';

const today = (): string => new Date().toISOString().slice(0, 10);

async function payoutOf(desk: Reconciling): Promise<string> {
  const books = await (await fetch(`${desk.simulator.url}/books`)).text();
  const { payouts } = JSON.parse(books) as { readonly payouts: readonly { readonly number: string }[] };
  expect(payouts).toHaveLength(1);
  return payouts[0]?.number ?? '';
}

async function textOf(desk: Reconciling, path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${desk.site.port}/v1${path}`)).text();
}

test('failed, found, a refund and a payout that came back', async () => {
  const desk = await Reconciling.open({ wait_days: 0 });
  const { business } = desk;
  await business.topUp('alice', 500);
  await business.withdraw('alice', 300);
  const payout = await payoutOf(desk);
  expect((await fetch(`${desk.simulator.url}/return/${payout}`, { method: 'POST' })).status).toBe(200);
  await desk.until(async () => expect((await desk.openCases()).map(({ type }) => type)).toEqual(['payout_returned']));
  const sold = await business.trade('sale', 1_200);
  await business.pay(sold, [{ type: 'channel' }]);
  await business.refund(sold, 700);
  const missing = await business.trade('sale', 2_001);
  await business.pay(missing, [{ type: 'channel' }]);
  // The channel never hears of this one, and does not say so.
  const silent = [
    { match: { verb: 'pay', amount: 2_002 }, do: [{ fault: 'reset' }] },
    ...['query', 'close'].map((verb) => ({ match: { verb }, do: [{ fault: 'error' }] })),
  ];
  await business.faults(silent);
  const lost = await business.trade('sale', 2_002);
  await business.begin(lost, [{ type: 'channel' }]);
  await desk.until(async () => expect(await textOf(desk, `/orders/${lost}/tree`)).toContain('"status":"unknown"'));
  const gap = { match: { verb: 'pay', amount: 2_001 }, do: [{ fault: 'bill_line', how: 'missing' }] };
  await business.faults([...silent, gap]);

  const run = await desk.fetchBill(today());
  expect(run).toMatchObject({ status: 'succeeded', failure: null, differences: 2, by_kind: { LOCAL_ONLY: 2 } });
  const found = await desk.differences(run.id);
  const [gone, unknown] = [found.find(({ amount }) => amount === -2_001), found.find(({ amount }) => amount === 0)];

  const decided = await desk.resolve(unknown?.id ?? '', { decision: 'failed' });
  expect(decided).toMatchObject({ status: 'resolved', decision: 'failed' });
  const tree = await textOf(desk, `/orders/${lost}/tree`);
  expect(tree).toContain('"status":"failed"');
  expect(tree).not.toContain('"status":"unknown"');

  const before = await business.trialBalance();
  await desk.resolve(gone?.id ?? '', { decision: 'book' });
  expect(await business.trialBalance()).toMatchObject({ '1190 short suspense': 2_001 });
  const aside = (await desk.openCases()).find(({ type }) => type === 'local_only');
  await desk.decide(aside?.id ?? '', 'found');
  expect(await business.trialBalance()).toEqual(before);
  await desk.verified();
}, 120_000);
