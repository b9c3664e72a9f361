// Trials: orders of every sort by random instruments, against a bank with every fault there is, with crashes and snapshots
// in between, under rules of every sort. When the faults stop everything comes to an end, the bank's books are ours, order by
// order, nothing is an orphan, and everything that the bank has said said twice more changes nothing.
// FLORIN_SEED replays a run, FLORIN_PAYMENTS says how many; trial n of a run is the only one of FLORIN_SEED + n with 200.

import { describe, expect, test } from 'vitest';
import type { Ruleset } from '../../../src/domain/orders/ruleset.ts';
import type { Faults } from './support/bank.ts';
import { OF_EVERY_SORT } from './support/rules.ts';
import { chanceFrom, SEED, type Chance } from './support/chance.ts';
import { Trial } from './support/trial.ts';

const PAYMENTS = Number(process.env['FLORIN_PAYMENTS'] ?? 1_000);

/** Of one trial: its journal is in memory. */
const PAYMENTS_PER_TRIAL = 200;

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
  returned: 200,
  prepaid: 300,
  delayMs: 30_000,
};

const INSTRUMENTS = [
  'balance',
  'channel',
  'channel',
  'coupon:1 balance',
  'coupon:1 channel',
  'balance:3 channel',
  'coupon:2 balance:3 channel',
];

function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[chance.below(from.length)] as T;
}

/** Something that somebody asks of a trade or an account; what comes of it the trial sees at its end. */
async function ask(trial: Trial): Promise<void> {
  const { shop, chance, trades } = trial;
  const trade = trades.length > 0 ? pick(chance, trades.slice(-60)) : '';
  const payment = shop.paymentOf(trade);
  switch (chance.below(12)) {
    case 0:
      return void (await shop.topUp(1 + chance.below(500)));
    case 1:
      return void (await shop.withdraw(1 + chance.below(500), pick(chance, ['alice', 'shop'])));
    case 2:
    case 3:
      return void (await shop.refund(trade, chance.below(3) === 0 ? 0 : 1 + chance.below(100)));
    case 4:
      return void (await shop.confirm(trade));
    case 5:
      return void (await shop.close(trade));
    case 6:
      return void (await shop.cancel(payment));
    case 7:
      return void (await shop.capture(payment, 1 + chance.below(60)));
    case 8:
      return void (await shop.pay(trade, pick(chance, INSTRUMENTS)));
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
  const instruments = pick(chance, INSTRUMENTS);
  const isManual = !instruments.includes('channel') && chance.in1000(400);
  await shop.pay(id, instruments, isManual ? 'manual' : 'automatic');
}

/** Accounts are frozen and thawed, time passes, snapshots are taken, and now and then it crashes. */
async function happen(trial: Trial): Promise<void> {
  const { shop, chance } = trial;
  if (chance.in1000(20)) {
    const status = chance.in1000(500) ? 'frozen' : 'active';
    await shop.engine.change({ id: pick(chance, ['alice', 'shop', 'maker']), status });
  }
  await trial.pass(chance.in1000(30) ? 60 * MINUTE_MS : chance.below(MINUTE_MS));
  if (chance.in1000(40)) void shop.engine.snapshot();
  if (!chance.in1000(30)) return;
  // What is asked in the last moment is perhaps never answered.
  for (let nth = 0; nth < 3; nth++) void ask(trial).catch(() => {});
  await shop.restart();
  trial.compareDay();
}

async function run(seed: number, payments: number, rules: Ruleset): Promise<Trial> {
  const chance = chanceFrom(seed);
  const trial = await Trial.open(chance, FAULTS, { rules });
  while (trial.trades.length < payments) {
    const asked: Promise<void>[] = [];
    for (let nth = 0; nth <= chance.below(5); nth++) asked.push(ask(trial));
    await Promise.all(asked);
    await happen(trial);
  }
  await trial.rest();
  return trial;
}

describe(`${PAYMENTS} payments, FLORIN_SEED=${SEED}`, () => {
  const trials = Math.ceil(PAYMENTS / PAYMENTS_PER_TRIAL);
  const counts = new Map<string, number>();
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

  test.each(Array.from({ length: trials }, (_, nth) => nth))(
    'trial %i: everything comes to its end, and both sides say the same',
    async (nth) => {
      const payments = Math.min(PAYMENTS, PAYMENTS_PER_TRIAL);
      const trial = await run(SEED + nth, payments, OF_EVERY_SORT[(SEED + nth) % OF_EVERY_SORT.length] as Ruleset);
      const ended = await trial.compare();
      for (const { status } of ended.of('trade')) count(`trade ${status}`);
      for (const { status } of ended.of('withdrawal')) count(`withdrawal ${status}`);
      for (const { cause, status } of ended.of('refund')) count(`refund ${cause} ${status}`);
      for (const { type } of ended.of('case')) count(type);
      for (const { status, token } of ended.of('external_voucher')) {
        count(`voucher ${token === '' ? '' : 'ready, then '}${status}`);
      }
      await trial.repeat();
      trial.shop.engine.crash();
    },
    120_000,
  );

  test('all of it has happened', () => {
    console.info(`trials.test.ts: FLORIN_SEED=${SEED}`, Object.fromEntries(counts));
    for (const what of [
      'voucher ready, then expired',
      'voucher failed',
      'trade completed',
      'trade closed',
      'refund late succeeded',
      'refund mismatch succeeded',
    ]) {
      expect([what, (counts.get(what) ?? 0) > 0]).toEqual([what, true]);
    }
  });
});
