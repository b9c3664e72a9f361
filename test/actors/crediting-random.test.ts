// Rules of crediting under anything at random: whenever somebody looks, no money is made or lost, snapshot and journal say
// the same, and nothing is on its way that would not end by itself.

import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { Random } from '../../loadtest/bench/random.ts';
import { stateFromJournal, stateOf } from '../support/engine-state.ts';
import { expectProven, RandomCredits, SHOPS, stepsIn } from '../support/crediting.ts';

const SEED = Number(process.env['FLORIN_CREDITING_SEED'] ?? randomInt(1, 2 ** 31));
const RUNS = 60;
const STEPS = 150;

/** No version that somebody saw is ever taken back, whatever becomes of sub-accounts. */
async function expectRisen({ engine }: RandomCredits, versions: Map<string, number>): Promise<void> {
  for (const id of SHOPS) {
    const { version } = await engine.account(id);
    expect(version).toBeGreaterThanOrEqual(versions.get(id) ?? 0);
    versions.set(id, version);
  }
}

test(`${RUNS} runs of ${STEPS} steps (seed ${SEED})`, async () => {
  const random = new Random(SEED);
  const seen = new Set<string>();
  for (let run = 0; run < RUNS; run++) {
    const credits = await RandomCredits.start((limit) => random.below(limit));
    const versions = new Map<string, number>();
    for (let step = 1; step <= STEPS; step++) {
      await credits.step();
      await expectRisen(credits, versions);
      if (step % 25 === 0) await expectProven(credits.engine);
    }
    await credits.settle();
    expect(await stateOf(credits.engine)).toEqual(await stateFromJournal(credits.engine));
    expect(credits.engine.partition.desk.transits.size).toBe(0);
    await expectProven(credits.engine);
    for (const step of stepsIn(credits.engine)) seen.add(step);
    expect(credits.engine.stops).toEqual([]);
  }
  // The seldom ones, returned and parked, have tests of their own.
  expect([...seen]).toEqual(expect.arrayContaining(['applied', 'buffered', 'delivered', 'gathered', 'sent', 'spread']));
}, 120_000);
