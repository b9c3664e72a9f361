// Bills: one UTC day of the books, and the lines that rules make wrong.

import { expect, test } from 'vitest';
import { ProviderBooks } from '../../../src/channels/simulator/provider-books.ts';
import { PAID } from '../support/booked-order.ts';
import { billedIn, linesOf, movedIn } from '../support/bill.ts';
import { simulated } from '../support/simulated.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');

/** A simulator and its bill of today; the test is not to be torn in two by midnight. */
async function withDay() {
  const startMs = Date.now();
  const today = new Date(startMs).toISOString().slice(0, 10);
  const simulator = await simulated({ feeBasisPoints: 150, nowMs: () => startMs });
  return { ...simulator, bill: async () => linesOf((await simulator.send('GET', `/bills/${today}`)).text) };
}

test('has a line for each movement, with the fee and the own trade number', async () => {
  const { pay, refund, payOut, control, bill, books } = await withDay();
  const { body } = await pay('p1', 10_000);
  await pay('open', 100, { capture: false });
  await refund('r1', 'p1', 4_000);
  await refund('r2', 'p1', 40_000);
  await payOut('o1', 500);
  await control('/return/o1');
  const lines = await bill();
  expect(billedIn(lines)).toEqual([
    'pay p1 10000 EUR 150',
    'payout o1 500 EUR 0',
    'refund r1 4000 EUR 0',
    'return o1 500 EUR 0',
  ]);
  expect(billedIn(lines)).toEqual(movedIn(books()));
  expect(lines[0]?.trade_number).toBe(body?.trade_number);
  expect(lines[1]).toMatchObject({ type: 'refund', original: 'p1' });
  expect(new Date(lines[0]?.booked_at ?? '').getTime()).toBeLessThanOrEqual(Date.now());
});

test('of another day has no line', async () => {
  const { pay, send } = await withDay();
  await pay('p1', 100);
  expect(linesOf((await send('GET', '/bills/2020-02-29')).text)).toEqual([]);
});

test('ends with the day, to the millisecond', async () => {
  const books = new ProviderBooks(null);
  const midnight = NOON + 43_200_000;
  for (const [number, atMs] of [
    ['before', midnight - 1],
    ['after', midnight],
  ] as const) {
    books.book({ ...PAID, number, tradeNumber: number }, atMs);
  }
  expect(books.movementsOn('2026-03-01').map(({ number }) => number)).toEqual(['before']);
  expect(books.movementsOn('2026-03-02').map(({ number }) => number)).toEqual(['after']);
});

test('can lack lines, have wrong ones and have some twice; each time it is asked for the same', async () => {
  const { pay, faults, bill, books } = await withDay();
  for (const name of ['p1', 'p2', 'p3', 'p4']) await pay(name, 100);
  faults([
    { match: { number: 'p1' }, do: [{ fault: 'bill_line', how: 'missing' }] },
    { match: { number: 'p2' }, do: [{ fault: 'bill_line', how: 'changed', by: -10 }] },
    { match: { number: 'p3' }, do: [{ fault: 'bill_line', how: 'duplicated' }] },
  ]);
  const amounts = (await bill()).map(({ number, amount }) => `${number} ${amount}`);
  expect(amounts).toEqual(['p2 90', 'p3 100', 'p3 100', 'p4 100']);
  expect((await bill()).map(({ number, amount }) => `${number} ${amount}`)).toEqual(amounts);
  expect(books().totals['EUR']?.payments).toBe(400);
  faults([{ match: { verb: 'pay', probability: 0.5 }, do: [{ fault: 'bill_line', how: 'missing' }] }]);
  const some = await bill();
  expect(await bill()).toEqual(some);
  faults([]);
  expect(billedIn(await bill())).toEqual(movedIn(books()));
});
