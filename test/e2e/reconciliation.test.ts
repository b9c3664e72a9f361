// Reconciliation from end to end: the built program and a channel simulator, each a process of its own. What is wrong with the
// channel's bill is found, and nothing else; two people decide it; and the books hold.

import { expect, test } from 'vitest';
import { clientOf } from '../channels/support/simulator-client.ts';
import { Reconciling } from './support/reconciling.ts';

/** All of it in one bill: nothing waits for the next one. */
const AT_ONCE = { wait_days: 0 };

const today = (): string => new Date().toISOString().slice(0, 10);

type Books = {
  readonly payments: readonly { readonly number: string; readonly amount: number; readonly asked: number }[];
};

async function numberOf(desk: Reconciling, amount: number): Promise<string> {
  const books = (await (await fetch(`${desk.simulator.url}/books`)).json()) as Books;
  const found = books.payments.find(({ asked }) => asked === amount);
  if (!found) throw new Error(`the simulator has no payment of ${amount}`);
  return found.number;
}

async function strange(desk: Reconciling, payment: object): Promise<void> {
  expect((await clientOf(desk.simulator.url)('POST', '/payments', payment)).status).toBe(200);
}

test('planted differences are found, none is invented, and two people resolve one of each kind', async () => {
  const desk = await Reconciling.open(AT_ONCE);
  const { business } = desk;
  const sell = async (amount: number, status = 'succeeded'): Promise<string> => {
    const trade = await business.trade('sale', amount);
    await business.pay(trade, [{ type: 'channel' }], status);
    return trade;
  };
  // Replies that are lost after the money moved are found by asking: they are no differences.
  await business.fault({ verb: 'pay', amount: 1_500 }, { fault: 'drop_reply' }, { fault: 'no_callback' });
  for (const amount of [1_000, 1_500, 2_001, 2_002, 2_003]) await sell(amount);
  await business.refund(await sell(1_200), 700);
  await business.fault(
    { verb: 'pay', amount: 2_004 },
    { fault: 'refuse', reason: 'card_declined' },
    { fault: 'no_callback' },
  );
  await sell(2_004, 'failed');
  // Late money of which nobody tells us, and a payment that is none of ours.
  const late = await numberOf(desk, 2_004);
  expect((await fetch(`${desk.simulator.url}/settle/${late}?outcome=succeeded`, { method: 'POST' })).status).toBe(200);
  await business.fault({ verb: 'pay', amount: 333 }, { fault: 'no_callback' });
  await strange(desk, { number: 'stranger-1', amount: 333, currency: 'EUR' });
  // One of which we have been told: that money is in suspense already.
  await strange(desk, { number: 'stranger-2', amount: 44, currency: 'EUR' });
  await desk.until(async () => expect(await desk.openCases()).toHaveLength(1));
  const bill = (amount: number, fault: object): object => ({
    match: { verb: 'pay', amount },
    do: [{ fault: 'bill_line', ...fault }],
  });
  await business.faults([
    bill(2_001, { how: 'missing' }),
    bill(2_002, { how: 'changed', by: 7 }),
    bill(2_003, { how: 'duplicated' }),
  ]);

  const date = today();
  const run = await desk.fetchBill(date);
  expect(run).toMatchObject({
    status: 'succeeded',
    failure: null,
    by_kind: { LOCAL_ONLY: 1, AMOUNT_DIFF: 1, DUPLICATE: 1, STATUS_DIFF: 1, CHANNEL_ONLY: 2 },
    differences: 6,
    cases: 6,
  });
  const [totals] = run.totals;
  expect(totals).toMatchObject({
    currency: 'EUR',
    channel: { amount: 1_000 + 1_500 + 2_009 + 2 * 2_003 + 1_200 - 700 + 2_004 + 333 + 44 },
    local: { amount: 1_000 + 1_500 + 2_001 + 2_002 + 2_003 + 1_200 - 700 },
    explained: {
      LOCAL_ONLY: { amount: -2_001 },
      AMOUNT_DIFF: { amount: 7 },
      DUPLICATE: { amount: 2_003 },
      STATUS_DIFF: { amount: 2_004 },
      CHANNEL_ONLY: { amount: 333 + 44 },
    },
  });
  const all = await desk.differences(run.id);
  const found = Object.fromEntries(all.filter(({ amount }) => amount !== 44).map((one) => [one.kind, one]));
  const told = all.find(({ amount }) => amount === 44)?.id ?? '';
  expect(found['STATUS_DIFF']).toMatchObject({ order: late, merchant: 'dev', amount: 2_004, currency: 'EUR' });
  expect((await desk.differences(run.id, '?kind=DUPLICATE')).map(({ amount }) => amount)).toEqual([2_003]);
  const { text: table } = await desk.ask('GET', `/runs/${run.id}/differences?format=csv`);
  expect(table.split('\r\n').filter((line) => line.startsWith('dif_'))).toHaveLength(6);
  expect(await desk.metrics()).toContain('recon_breaks{type="duplicate_line",age="1d"} 1');

  // The same bill again is the same run, and opens nothing.
  const again = await desk.ask<{ id: string }>('POST', '/files', { channel: 'card', date });
  expect([again.status, again.body.id]).toEqual([200, run.id]);
  expect(await desk.openCases()).toHaveLength(7);

  const clearing = async (): Promise<number> => (await business.trialBalance())['1110 channel clearing'] ?? 0;
  const before = await clearing();
  const twice = await desk.ask<{ code: string }>('POST', `/differences/${told}/resolve`, { decision: 'book' });
  expect(twice.body.code).toBe('decision_not_possible');
  await desk.resolve(found['CHANNEL_ONLY']?.id ?? '', { decision: 'book' });
  await desk.resolve(found['AMOUNT_DIFF']?.id ?? '', { decision: 'book' });
  await desk.resolve(found['LOCAL_ONLY']?.id ?? '', { decision: 'book' });
  await desk.resolve(found['DUPLICATE']?.id ?? '', { decision: 'ignore', reason: 'the channel has repeated a line' });
  expect(await clearing()).toBe(before + 333 + 7 - 2_001);
  const balance = await business.trialBalance();
  expect(balance).toMatchObject({ '1190 short suspense': 2_001, '2090 long suspense': 340 + 44 });
  // Nobody finds it: two people write it off.
  const aside = (await desk.openCases()).find(({ type }) => type === 'local_only');
  await desk.decide(aside?.id ?? '', 'write_off');
  expect(await business.trialBalance()).toMatchObject({ '5003 loss': 2_001 });
  // Late money goes back by itself, through the channel.
  await desk.resolve(found['STATUS_DIFF']?.id ?? '', { decision: 'late_success' });
  await desk.until(async () => expect((await business.channelBooks()).refunds).toBe(700 + 2_004));
  await desk.verified();
}, 120_000);
