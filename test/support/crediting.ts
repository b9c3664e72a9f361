// A shop that very many pay, for tests of how credits reach it: alice, who has money, and the sum over all accounts.

import { expect } from 'vitest';
import { verify } from '../../actors/verification.ts';
import type { BatchMember, CreditingRequest } from '../../actors/commands.ts';
import type { CreditingWay } from '../../src/domain/crediting.ts';
import { Engine, memoryDisk, type EngineOptions } from './engine.ts';
import { audit } from './journal-audit.ts';
import { factsOf } from './journal-facts.ts';

/** A bank without a limit, alice with 1,000 and a shop that is credited this way within `delayMs`, or over so many accounts. */
export async function shopWith(
  way: CreditingWay,
  delayMs: number,
  options: EngineOptions = {},
  spreadOver = 0,
): Promise<Engine> {
  const engine = await Engine.start(memoryDisk(), options);
  await engine.open({ id: 'bank', kind: 'bank', creditLimit: Infinity });
  await engine.open({ id: 'alice' });
  await engine.open({ id: 'shop', kind: 'merchant', crediting: { way, delayMs, spreadOver } });
  expect(await engine.batch(['in', 'bank', 'alice', 1_000])).toEqual([0]);
  return engine;
}

/** Applied + on its way = what the journal paid to the shop; and everything that can be proven from the disk holds. */
export async function expectConserved(engine: Engine, paid: number): Promise<void> {
  const { available, onTheWay } = await engine.account('shop');
  expect(available + onTheWay).toBe(paid);
  await expectProven(engine);
}

/** Everything that can be proven from the disk holds: the audit of each fact, and that snapshot and journal agree. */
export async function expectProven(engine: Engine): Promise<void> {
  await engine.partition.desk.commit.durable();
  audit(engine.disk.journal);
  const { journal, store } = engine.disk;
  const sums = await verify({ journal, store, emptyStore: memoryDisk().store, progress: () => {} });
  expect(sums.currencies.map(({ posted }) => posted)).toEqual([0n]);
}

/** The steps of facts about what is on its way, or on sub-accounts, in order. */
export function stepsIn(engine: Engine): string[] {
  const indirect = new Set([7, 8, 10]);
  return factsOf(engine.disk.journal).flatMap(({ fact }) => {
    return indirect.has(fact.kind) && 'step' in fact ? [fact.step] : [];
  });
}

export const SHOPS = ['shop0', 'shop1', 'shop2'];
const PAYERS = ['alice', 'bob'];
const WAYS = ['direct', 'buffered', 'segmented', 'spread', 'spread'] as const;

/** Asks an engine for anything about shops with rules: credits, holds, batches, changes of rule and status, time, crashes. */
export class RandomCredits {
  engine: Engine;
  readonly #below: (limit: number) => number;
  #named = 0;

  private constructor(engine: Engine, below: (limit: number) => number) {
    this.engine = engine;
    this.#below = below;
  }

  /** `below`: a whole number from 0 up to a limit (exclusive), the same for the same seed. */
  static async start(below: (limit: number) => number): Promise<RandomCredits> {
    const engine = await Engine.start(memoryDisk());
    await engine.open({ id: 'bank', kind: 'bank', creditLimit: Infinity });
    for (const id of PAYERS) await engine.open({ id });
    for (const id of SHOPS) await engine.open({ id, kind: 'merchant' });
    for (const id of PAYERS) await engine.batch([`in:${id}`, 'bank', id, 100_000]);
    return new RandomCredits(engine, below);
  }

  /** One step; nothing is refused for its shape. */
  async step(): Promise<void> {
    const { engine } = this;
    const dice = this.#below(20);
    if (dice < 9) await engine.run(this.#members(), this.#below(3) === 0);
    else if (dice < 12) await engine.change({ id: this.#shop(), crediting: this.#rule() });
    else if (dice < 14) await engine.change({ id: this.#any(), status: this.#below(3) === 0 ? 'frozen' : 'active' });
    else if (dice < 18) await engine.advance(this.#below(400));
    else if (dice < 19) await engine.snapshot();
    else this.engine = await engine.restart();
  }

  /** Everybody takes money again, and all of it has arrived. */
  async settle(): Promise<void> {
    for (const id of [...PAYERS, ...SHOPS, 'suspense:EUR']) await this.engine.change({ id, status: 'active' });
    await this.engine.advance(60_000);
    await this.engine.advance(60_000);
  }

  #members(): BatchMember[] {
    return Array.from({ length: 1 + this.#below(5) }, (): BatchMember => {
      const id = `t${(this.#named += 1)}`;
      const [amount, dice] = [1 + this.#below(50), this.#below(8)];
      if (dice === 0) return [id, this.#payer(), this.#shop(), amount, 1, null, 1 + this.#below(2)];
      if (dice === 1) return [id, null, null, null, 2 + this.#below(2), `t${1 + this.#below(this.#named)}`];
      return dice === 2 ? [id, this.#shop(), this.#payer(), amount] : [id, this.#payer(), this.#shop(), amount];
    });
  }

  #rule(): CreditingRequest {
    const way = WAYS[this.#below(WAYS.length)] ?? 'direct';
    return { way, delayMs: 1 + this.#below(300), spreadOver: 2 + this.#below(5) };
  }

  #payer(): string {
    return PAYERS[this.#below(PAYERS.length)] ?? '';
  }

  #shop(): string {
    return SHOPS[this.#below(SHOPS.length)] ?? '';
  }

  #any(): string {
    return [...PAYERS, ...SHOPS, 'suspense:EUR'][this.#below(PAYERS.length + SHOPS.length + 1)] ?? '';
  }
}
