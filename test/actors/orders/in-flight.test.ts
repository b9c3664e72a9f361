// In flight: a crash while very many orders of every sort are on their way, half of them only in the journal and half in a
// snapshot. None is lost, what was sent is unknown and not sent again, and all of them reach an end.
// FLORIN_IN_FLIGHT says how many, FLORIN_SEED replays a run.

import { expect, test } from 'vitest';
import { NO_FAULTS } from './support/bank.ts';
import { chanceFrom, SEED } from './support/chance.ts';
import type { OrderOf } from './support/shop.ts';
import { Trial } from './support/trial.ts';

const IN_FLIGHT = Number(process.env['FLORIN_IN_FLIGHT'] ?? 1_000);

/** What is asked at once. */
const TOGETHER = 50;

/** A payment in flight is three orders: its trade, itself, and what its channel was asked. */
async function ask({ shop, chance }: Trial): Promise<void> {
  const amount = 10 + chance.below(90);
  switch (chance.below(6)) {
    case 0:
      return void (await shop.topUp(amount));
    case 1:
      return void (await shop.withdraw(amount));
    case 2: {
      const paid = await shop.trade({ amount, product: 'escrow' });
      await shop.pay(paid, 'balance');
      return void (await shop.refund(paid));
    }
    case 3:
      await shop.pay(await shop.trade({ amount }), 'balance', 'manual');
      return;
    default:
      await shop.pay(await shop.trade({ amount }), chance.in1000(500) ? 'channel' : 'coupon:1 balance:3 channel');
  }
}

async function fill(trial: Trial, orders: number): Promise<void> {
  while (trial.shop.openOrders().length < orders) {
    await Promise.all(Array.from({ length: TOGETHER }, () => ask(trial)));
    await trial.pass(0);
  }
}

const sentOf = ({ shop }: Trial): OrderOf<'channel_order'>[] =>
  shop.orders('channel_order').filter(({ status }) => status === 'sent');

test(`${IN_FLIGHT} orders, FLORIN_SEED=${SEED}: all reach an end, none is lost or sent again`, async () => {
  console.info(`in-flight.test.ts: FLORIN_SEED=${SEED}`);
  const chance = chanceFrom(SEED);
  const trial = await Trial.open(chance, { ...NO_FAULTS, pending: 500, lost: 500, notFound: 100, delayMs: 30_000 });
  const { shop, bank } = trial;
  await fill(trial, IN_FLIGHT / 2);
  await shop.engine.snapshot();
  await fill(trial, IN_FLIGHT);
  const open = shop.openOrders().toSorted();
  const sent = sentOf(trial).map(({ id }) => id);
  const calls = bank.asked.filter(({ what }) => what === 'call').length;
  expect(open.length).toBeGreaterThanOrEqual(IN_FLIGHT);
  expect(sent.length).toBeGreaterThan(0);

  await shop.restart();
  await trial.pass(0);
  expect(shop.openOrders().toSorted()).toEqual(open);
  expect(sentOf(trial)).toEqual([]);
  const unknown = new Set(sent);
  for (const { id, status } of shop.orders('channel_order')) {
    if (unknown.delete(id)) expect([id, status]).toEqual([id, 'unknown']);
  }
  expect(unknown.size).toBe(0);

  await trial.rest();
  const ended = await trial.compare();
  for (const id of open) expect([id, ended.orders.get(id)?.dueMs]).toEqual([id, 0]);
  expect(bank.asked.filter(({ what }) => what === 'call')).toHaveLength(calls);
  shop.engine.crash();
}, 600_000);
