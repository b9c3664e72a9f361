// Random orders: a shop and a bank with every fault, some crashes, and everything at its end. What comes of it is a journal
// as the engine writes it, in which nothing is wrong.

import type { Ruleset } from '../../../src/domain/orders/ruleset.ts';
import { OF_EVERY_SORT } from '../../actors/orders/support/rules.ts';
import { Trial } from '../../actors/orders/support/trial.ts';
import type { Faults } from '../../actors/orders/support/bank.ts';
import { chanceFrom, type Chance } from '../../actors/orders/support/chance.ts';

const MINUTE_MS = 60_000;

const FAULTS: Faults = {
  unsent: 30,
  refused: 100,
  pending: 150,
  lost: 100,
  notFound: 30,
  contradicted: 20,
  amounts: 30,
  doubled: 100,
  prepaid: 0,
  returned: 200,
  delayMs: 30_000,
};

const PLANS = ['balance', 'channel', 'coupon:1 channel', 'balance:3 channel', 'coupon:2 balance:3 channel'];

function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[chance.below(from.length)] as T;
}

/** So many payments, and what people ask of them; the frames of the journal at the end. */
export async function randomOrders(seed: number, payments: number, startMs?: number): Promise<Orders> {
  const chance = chanceFrom(seed);
  const trial = await Trial.open(
    chance,
    FAULTS,
    { rules: OF_EVERY_SORT[seed % OF_EVERY_SORT.length] as Ruleset },
    startMs,
  );
  while (trial.trades.length < payments) {
    await Promise.all(Array.from({ length: 1 + chance.below(6) }, () => something(trial)));
    await trial.pass(chance.in1000(30) ? 60 * MINUTE_MS : chance.below(MINUTE_MS));
    if (chance.in1000(30)) await trial.shop.restart();
    if (chance.in1000(20)) await trial.shop.engine.change({ id: 'maker', status: pick(chance, ['frozen', 'active']) });
  }
  await trial.rest();
  return { trial, frames: framesOf(trial) };
}

export type Orders = { readonly trial: Trial; readonly frames: readonly Uint8Array[] };

/** All frames of its journal, each in memory of its own. */
export function framesOf({ shop }: Trial): Uint8Array[] {
  const { journal } = shop.engine.disk;
  return Array.from({ length: journal.position() }, (_, place) => new Uint8Array(journal.read(place + 1) ?? []));
}

async function something(trial: Trial): Promise<void> {
  const { shop, chance, trades } = trial;
  const trade = pick(chance, trades.slice(-40)) ?? '';
  const payment = trade === '' ? '' : shop.paymentOf(trade);
  switch (trade === '' ? 9 : chance.below(14)) {
    case 0:
      return void (await shop.topUp(1 + chance.below(500)));
    case 1:
      return void (await shop.withdraw(1 + chance.below(500), pick(chance, ['alice', 'shop'])));
    case 2:
    case 3:
    case 4:
      return void (await shop.refund(trade, chance.below(3) === 0 ? 0 : 1 + chance.below(100)));
    case 5:
      return void (await shop.confirm(trade));
    case 6:
      return void (await shop.close(trade));
    case 7:
      return void (await shop.cancel(payment));
    case 8:
      return void (await shop.capture(payment, 1 + chance.below(60)));
    default:
      return begin(trial);
  }
}

async function begin({ shop, chance, trades }: Trial): Promise<void> {
  const amount = 10 + chance.below(500);
  const first = 1 + chance.below(amount - 1);
  const several = [
    { account: 'shop', amount: first },
    { account: 'maker', amount: amount - first },
  ];
  const payees = chance.in1000(300) ? several : [{ account: 'shop', amount }];
  const id = await shop.trade({ product: pick(chance, ['sale', 'escrow']), amount, payees });
  trades.push(id);
  const plan = pick(chance, PLANS);
  await shop.pay(id, plan, !plan.includes('channel') && chance.in1000(400) ? 'manual' : 'automatic');
}
