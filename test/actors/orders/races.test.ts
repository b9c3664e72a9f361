// Races: a success against a close, the end of its time, a cancellation and a second attempt, in any order, everything said
// up to three times. Exactly one wins, the others follow, and the bank's books are ours. FLORIN_SEED replays a run,
// FLORIN_RACES says how many.

import { describe, expect, test } from 'vitest';
import type { Ruleset } from '../../../src/domain/orders/ruleset.ts';
import { counting } from './support/rules.ts';
import type { Chance } from './support/chance.ts';
import { chanceFrom, SEED } from './support/chance.ts';
import { NO_FAULTS } from './support/bank.ts';
import { Trial } from './support/trial.ts';

const RACES = Number(process.env['FLORIN_RACES'] ?? 3_000);

/** Of one trial: its journal is in memory. */
const RACES_PER_TRIAL = 500;

const MINUTE_MS = 60_000;

/** One after the other: a second attempt begins only when the first has ended, or while nobody knows of it, too. */
const RULES: readonly Ruleset[] = [counting('plain'), counting('two-attempts', { second_attempt: 'refund_duplicate' })];

const INSTRUMENTS = ['channel', 'balance:5 channel', 'coupon:5 balance:5 channel'];

/** What of a race can happen, each up to three times. */
const RUNNERS = ['success', 'refusal', 'close', 'cancel', 'attempt', 'closed'] as const;

type Racer = { readonly trade: string; readonly payments: string[]; readonly runners: (typeof RUNNERS)[number][] };

async function line(trial: Trial): Promise<Racer> {
  const { shop, chance } = trial;
  // Some of the trades end by themselves in the midst of the race.
  const expiresAtMs = chance.in1000(300) ? shop.engine.nowMs + MINUTE_MS : 0;
  const trade = await shop.trade({ amount: 60, expiresAtMs });
  const { order } = await shop.pay(trade, INSTRUMENTS[chance.below(INSTRUMENTS.length)] as string);
  return { trade, payments: [order?.id ?? ''], runners: lineUp(chance) };
}

function lineUp(chance: Chance): Racer['runners'] {
  const runners: Racer['runners'] = [];
  for (const runner of RUNNERS) {
    if (runner !== 'success' && chance.in1000(400)) continue;
    for (let time = 0; time <= chance.below(3); time++) runners.splice(chance.below(runners.length + 1), 0, runner);
  }
  return runners;
}

async function attempt({ shop }: Trial, { trade, payments, runners }: Racer): Promise<void> {
  const { order } = await shop.pay(trade, 'channel');
  if (!order) return;
  payments.push(order.id);
  runners.unshift('success', 'success');
}

function run(trial: Trial, racer: Racer): void {
  const { shop, bank, chance } = trial;
  const { trade, payments, runners } = racer;
  const payment = payments[chance.below(payments.length)] as string;
  switch (runners.pop()) {
    case 'success':
      return bank.settle(payment, 'done');
    case 'refusal':
      return bank.settle(payment, 'refused');
    case 'closed':
      return bank.settle(payment, 'closed');
    case 'close':
      return void shop.close(trade);
    case 'cancel':
      return void shop.cancel(payment);
    case 'attempt':
      return void attempt(trial, racer);
    case undefined:
  }
}

async function race(seed: number, races: number, rules: Ruleset): Promise<Trial> {
  const chance = chanceFrom(seed);
  // Whatever is asked of it the bank has, and decides when the race says so.
  const trial = await Trial.open(chance, { ...NO_FAULTS, pending: 1_000, lost: 300 }, { rules });
  trial.bank.decidesByItself = false;
  const racers: Racer[] = [];
  for (let nth = 0; nth < races; nth++) racers.push(await line(trial));
  await trial.pass(0);
  for (let round = 0; racers.some(({ runners }) => runners.length > 0); round++) {
    for (const racer of racers) if (chance.in1000(500)) run(trial, racer);
    // A turn of the engine between some, none between others.
    if (chance.in1000(500)) await trial.pass(round === 3 ? MINUTE_MS : 0);
  }
  trial.bank.decidesByItself = true;
  await trial.pass(0);
  await trial.rest();
  return trial;
}

describe(`${RACES} races, FLORIN_SEED=${SEED}`, () => {
  const trials = Math.ceil(RACES / RACES_PER_TRIAL);
  const counts = new Map<string, number>();
  test.each(Array.from({ length: trials }, (_, nth) => nth))(
    'trial %i: exactly one wins each, and nothing is lost, made or doubled',
    async (nth) => {
      const trial = await race(SEED + nth, Math.min(RACES, RACES_PER_TRIAL), RULES[(SEED + nth) % 2] as Ruleset);
      await trial.compare();
      trial.shop.engine.crash();
      for (const { status } of trial.shop.orders('trade')) counts.set(status, (counts.get(status) ?? 0) + 1);
      for (const { cause } of trial.shop.orders('refund')) counts.set(cause, (counts.get(cause) ?? 0) + 1);
    },
    120_000,
  );

  test('there were winners of each sort', () => {
    console.info(`races.test.ts: FLORIN_SEED=${SEED}`, Object.fromEntries(counts));
    for (const sort of ['completed', 'closed', 'late', 'duplicate']) expect(counts.get(sort) ?? 0).toBeGreaterThan(0);
  });
});
