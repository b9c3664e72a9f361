// Bill runs, day after day: what is on the bill of the other day waits for it, what nobody knows has the next bill for evidence,
// and the same bill finds the same.

import { expect, test } from 'vitest';
import type { RunResult } from '../../../src/reconciliation/runs/run-store.ts';
import { BillDays, numberOf, type Line } from '../support/bill-days.ts';

const [FIRST, SECOND, THIRD] = ['2026-11-01', '2026-11-02', '2026-11-03'] as const;

const found = ({ differences }: RunResult): readonly string[] =>
  differences.map(({ kind, order, amount }) => `${kind} ${order} ${amount}`);

test('what ended around midnight is on either bill', async () => {
  const days = new BillDays();
  const [early, late] = [numberOf(FIRST, 1), numberOf(FIRST, 2)];
  // We say the first, the channel the second day; and the other way round.
  await days.orders({ number: early, date: FIRST, amount: 100 }, { number: late, date: SECOND, amount: 70 });
  const first = await days.bill(FIRST, [{ number: late, amount: 70 }]);
  expect([found(first), first.waiting.length]).toEqual([[], 2]);
  const second = await days.bill(SECOND, [{ number: early, amount: 100 }]);
  expect([found(second), second.run.counts?.matches, second.waiting]).toEqual([[], 2, []]);
  // Another file for the same day finds the rows that waited for it again.
  const again = await days.bill(SECOND, [{ number: early, amount: 90 }]);
  expect(found(again)).toEqual([`AMOUNT_DIFF ${early} -10`]);
  // What did not come by then does not come; the day after knows nothing of it any more.
  const third = await days.bill(THIRD, []);
  expect([found(third), third.waiting]).toEqual([[], []]);
});

test('what waits and never comes is a difference at the next bill', async () => {
  const days = new BillDays();
  const [gone, stranger] = [numberOf(FIRST, 1), numberOf(FIRST, 9)];
  await days.orders({ number: gone, date: FIRST, amount: 100 });
  expect(found(await days.bill(FIRST, [{ number: stranger, amount: 5 }]))).toEqual([]);
  const second = await days.bill(SECOND, []);
  expect(found(second).toSorted()).toEqual(['CHANNEL_ONLY  5', `LOCAL_ONLY ${gone} -100`]);
  expect(second.differences.map(({ merchant }) => merchant).toSorted()).toEqual(['acme', 'house']);
});

test('an order of which nobody knows the end becomes a case with the bill after its own day, and nothing is booked of it', async () => {
  const days = new BillDays();
  const number = numberOf(FIRST, 1);
  await days.orders({ number, date: '', amount: 100, status: 'unknown' });
  const first = await days.bill(FIRST, []);
  expect([found(first), first.waiting]).toEqual([[], []]);
  expect(found(await days.bill(SECOND, []))).toEqual([`LOCAL_ONLY ${number} 0`]);
  const [one] = (await days.bill(SECOND, [{ number, amount: 100 }])).differences;
  expect(one).toMatchObject({ kind: 'STATUS_DIFF', order: number, amount: 100 });
});

test('what a bill has proven is not expected on another one; of another channel a number is nobody’s', async () => {
  const days = new BillDays();
  const [late, other] = [numberOf(FIRST, 1), numberOf(FIRST, 2)];
  await days.orders(
    { number: late, date: FIRST, amount: 100, status: 'failed' },
    { number: other, date: FIRST, amount: 7, channel: 'wallet' },
  );
  const lines = [{ number: late, amount: 100 }, { number: other, amount: 7 }]; // prettier-ignore
  const first = await days.bill(FIRST, lines, { waitDays: 0 });
  expect(found(first).toSorted()).toEqual(['CHANNEL_ONLY  7', `STATUS_DIFF ${late} 100`]);
  await days.orders({ number: late, date: SECOND, amount: 100, status: 'late_succeeded' });
  expect(found(await days.bill(SECOND, [], { waitDays: 0 }))).toEqual([]);
});

test('lines that say exactly the same are differences of their own, the same at every run', async () => {
  const days = new BillDays();
  const text = [
    'trade_number,number,type,amount,currency,fee,original,booked_at',
    ...Array.from({ length: 3 }, () => `t,other,pay,5,EUR,0,,${FIRST}T10:00:00Z`),
    '',
  ].join('\n');
  const ids = async (): Promise<readonly string[]> =>
    (await days.file(FIRST, text, { waitDays: 0 })).differences.map(({ id }) => id);
  const once = await ids();
  expect(new Set(once).size).toBe(3);
  expect(await ids()).toEqual(once);
});

test('a fee is compared where the rules say what it should be, and what is to be settled is counted by merchant', async () => {
  const days = new BillDays();
  const [paid, back] = [numberOf(FIRST, 1), numberOf(FIRST, 2)];
  await days.orders(
    { number: paid, date: FIRST, amount: 1_000 },
    { number: back, date: FIRST, amount: 300, verb: 'refund', merchant: 'acme' },
  );
  const lines = [{ number: paid, amount: 1_000, fee: 4 }, { number: back, amount: 300, type: 'refund' }]; // prettier-ignore
  const run = await days.bill(FIRST, lines, { fee: { fixed: 0, basisPoints: 30 }, waitDays: 0 });
  expect(run.differences).toMatchObject([
    { kind: 'FEE_DIFF', order: paid, deltas: [{ currency: 'EUR', amount: 0, fee: 1 }] },
  ]);
  expect(run.run.clearing).toEqual([{ merchant: 'acme', currency: 'EUR', amount: 700, fee: 4 }]);
});

test('a file that breaks off is told with its place, and nothing of it is kept', async () => {
  const days = new BillDays();
  await expect(days.file(FIRST, 'trade_number,number,type,amount,currency,fee,original,booked_at\nt,x,pay')).rejects.toThrow(/run-1:2/); // prettier-ignore
  expect(days.store.run('run-1')).toBe(null);
});

test.each([['number'], ['channel_trade_no']] as const)(
  'what came back has a line of its own, found by its %s',
  async (key) => {
    const days = new BillDays();
    const [payout, refund] = [numberOf(FIRST, 1), numberOf(FIRST, 2)];
    const paid = [
      { number: payout, date: FIRST, amount: 100, verb: 'payout', channelTradeNo: `t-${payout}-0` },
      { number: refund, date: FIRST, amount: 30, verb: 'refund', channelTradeNo: `t-${refund}-1` },
    ] as const;
    const back = paid.map((order) => ({ ...order, number: `${order.number} return`, date: SECOND }));
    await days.orders(...paid, ...back);
    const rules = { waitDays: 0, keys: [key] };
    const out = [{ number: payout, amount: 100, type: 'payout' }, { number: refund, amount: 30, type: 'refund' }]; // prettier-ignore
    const first = await days.bill(FIRST, out, rules);
    expect([found(first), first.run.clearing]).toEqual([
      [],
      [{ merchant: 'acme', currency: 'EUR', amount: -30, fee: 0 }],
    ]);
    const home = out.map((line) => ({ ...line, type: 'return' }));
    const second = await days.bill(SECOND, home, rules);
    // What a bank sent back is not the channel's to settle; what it could not refund is.
    expect([found(second), second.run.clearing]).toEqual([
      [],
      [{ merchant: 'acme', currency: 'EUR', amount: 30, fee: 0 }],
    ]);
    const less = await days.bill(SECOND, [{ ...home[0], amount: 90 } as Line], rules);
    expect(found(less).toSorted()).toEqual([`AMOUNT_DIFF ${payout} -10`, `LOCAL_ONLY ${refund} -30`]);
  },
);
