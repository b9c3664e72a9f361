// Sub-accounts are nobody's business: two engines are asked the same at random, one spreads the credits of its shops and one
// credits them directly, and both say the same of every request, every account and every side of every transfer.

import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { Random } from '../../loadtest/bench/random.ts';
import type { BatchMember } from '../../actors/commands.ts';
import { shownLeg } from '../../src/domain/legs.ts';
import { expectProven } from '../support/crediting.ts';
import { Engine, memoryDisk } from '../support/engine.ts';
import { factsOf } from '../support/journal-facts.ts';

const SEED = Number(process.env['FLORIN_SPREAD_SEED'] ?? randomInt(1, 2 ** 31));
const RUNS = 30;
const STEPS = 120;

const SHOPS = ['shop0', 'shop1'];
const EVERYBODY = ['alice', 'bob', ...SHOPS];

/** Makes requests; nothing of them follows from what was answered. */
class Requests {
  readonly #random: Random;
  #named = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  below(limit: number): number {
    return this.#random.below(limit);
  }

  any(): string {
    return EVERYBODY[this.below(EVERYBODY.length)] ?? '';
  }

  members(): BatchMember[] {
    return Array.from({ length: 1 + this.below(6) }, (): BatchMember => {
      const id = `t${(this.#named += 1)}`;
      const [amount, dice] = [1 + this.below(60), this.below(9)];
      if (dice === 0) return [id, null, null, null, 2 + this.below(2), `t${1 + this.below(this.#named)}`];
      if (dice === 1) return [id, this.any(), this.any(), amount, 1, null, 5];
      return [id, this.any(), this.any(), amount];
    });
  }
}

async function opened(): Promise<Engine> {
  const engine = await Engine.start(memoryDisk());
  await engine.open({ id: 'bank', kind: 'bank', creditLimit: Infinity });
  for (const id of EVERYBODY) await engine.open({ id });
  for (const id of EVERYBODY) await engine.batch([`in:${id}`, 'bank', id, 200]);
  return engine;
}

/** What every fact says of its two sides: who, and what is available. */
function sidesOf({ disk }: Engine): string[] {
  return factsOf(disk.journal).flatMap(({ fact }) => {
    if (fact.kind !== 3 && fact.kind !== 7) return [];
    const [debit, credit] = [shownLeg(fact.debit), shownLeg(fact.credit)];
    return [`${fact.transfer} ${debit.account} ${debit.available} ${credit.account} ${credit.available}`];
  });
}

async function statesOf(engine: Engine): Promise<object[]> {
  const states = await Promise.all(EVERYBODY.map((id) => engine.account(id)));
  return states.map(({ id, available, held, pending, status, creditLimit }) => {
    return { id, available, held, pending, status, creditLimit };
  });
}

test(`${RUNS} runs of ${STEPS} steps (seed ${SEED})`, async () => {
  const requests = new Requests(new Random(SEED));
  let gathered = 0;
  for (let run = 0; run < RUNS; run++) {
    let [spread, direct] = [await opened(), await opened()];
    for (let step = 1; step <= STEPS; step++) {
      const dice = requests.below(20);
      if (dice < 13) {
        const [members, atomic] = [requests.members(), requests.below(2) === 0];
        const { results } = await spread.run(members, atomic);
        expect(results).toEqual((await direct.run(members, atomic)).results);
      } else if (dice < 15) {
        const [id, over] = [SHOPS[requests.below(SHOPS.length)] ?? '', 2 + requests.below(4)];
        const way = requests.below(4) === 0 ? 'direct' : 'spread';
        await spread.change({ id, crediting: { way, delayMs: 0, spreadOver: over } });
      } else if (dice < 17) {
        const change = { id: requests.any(), status: requests.below(3) === 0 ? 'frozen' : 'active' } as const;
        const { verdict } = await spread.change(change);
        expect(verdict).toBe((await direct.change(change)).verdict);
      } else if (dice < 18) {
        const change = { id: requests.any(), creditLimit: 50 * requests.below(3) };
        await spread.change(change);
        await direct.change(change);
      } else if (dice < 19) {
        const ms = requests.below(3_000);
        await spread.advance(ms);
        await direct.advance(ms);
      } else {
        // Both of them, because what is due at the same time ends in the order of where it was read from.
        for (const engine of [spread, direct]) await engine.snapshot();
        spread = await spread.restart();
        direct = await direct.restart();
      }
      expect(await statesOf(spread)).toEqual(await statesOf(direct));
    }
    expect(sidesOf(spread)).toEqual(sidesOf(direct));
    await expectProven(spread);
    gathered += factsOf(spread.disk.journal).filter(({ fact }) => fact.kind === 10).length;
  }
  expect(gathered).toBeGreaterThan(RUNS);
}, 60_000);
