// The statement of an account and its sub-accounts against a plain model: what each fact says, in the order of the journal.
// FLORIN_CREDITING_SEED repeats a run.

import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../loadtest/bench/random.ts';
import type { BatchMember } from '../../actors/commands.ts';
import type { Account } from '../../src/domain/accounts.ts';
import { isSubAccount, payeeOf } from '../../src/domain/crediting.ts';
import type { Fact, Leg } from '../../src/domain/facts.ts';
import { movedLegs, shownLeg } from '../../src/domain/legs.ts';
import { BlockDamage, type EntryType } from '../../src/ledger/entry-block.ts';
import { shardOf } from '../../src/ledger/shards.ts';
import { SpreadLines } from '../../src/ledger/spread-lines.ts';
import { pageOf, type StatementQuery } from '../../src/ledger/statement.ts';
import { RandomCredits } from '../support/crediting.ts';
import { MERCHANT, type Engine } from '../support/engine.ts';
import { factsOf } from '../support/journal-facts.ts';
import { KeptBooks } from './support/shard-folders.ts';
import { expected, isMoney, queryOf, type Line } from './support/statement-model.ts';

const SEED = Number(process.env['FLORIN_CREDITING_SEED'] ?? randomInt(1, 2 ** 31));
const STEPS = 700;
const SHARDS = 8;
const SHOP = 'shop1';
/** Each entry that is asked for by its version is looked for by itself. */
const WANTED_MAX = 20;

/** What people saw of the shop after each fact, by the accounts that the fact moved. */
class Model {
  readonly lines: Line[] = [];
  readonly #accounts = new Map<string, { version: number; available: number }>();

  constructor(engine: Engine) {
    for (const { fact, seq, index, timeMs } of factsOf(engine.disk.journal)) {
      for (const { type, side, account, leg } of entriesOf(fact)) {
        const before = this.#accounts.get(account);
        this.#accounts.set(account, { version: (before?.version ?? 0) + 1, available: leg?.available ?? before?.available ?? 0 }); // prettier-ignore
        if (fact.kind === 10 || (isSubAccount(account) && type === 'opened')) continue;
        const transfer = fact.kind === 3 || fact.kind === 7 || fact.kind === 11 ? fact.transfer : fact.kind === 8 ? fact.id : ''; // prettier-ignore
        this.lines.push({ type, side, version: this.version, timeMs, transfer, available: this.available, seq, index }); // prettier-ignore
      }
      this.#compare(fact);
    }
  }

  get version(): number {
    return [...this.#accounts].reduce((sum, [id, { version }]) => sum + version - (isSubAccount(id) ? 1 : 0), 0);
  }

  get available(): number {
    return [...this.#accounts.values()].reduce((sum, { available }) => sum + available, 0);
  }

  /** An answer says the version and the balance that the statement has for it. */
  #compare(fact: Fact): void {
    if (fact.kind !== 3 && fact.kind !== 11 && !(fact.kind === 7 && fact.step === 'spread')) return;
    for (const leg of [fact.debit, fact.credit].filter(({ account }) => account === SHOP)) {
      expect(shownLeg(leg)).toEqual({ account: SHOP, version: this.version, available: this.available });
    }
  }
}

type Entry = {
  readonly type: EntryType;
  readonly side: Line['side'];
  readonly account: string;
  readonly leg: Leg | null;
};

/** The entries of the shop and its sub-accounts that a fact makes. */
function entriesOf(fact: Fact): Entry[] {
  const isOurs = (account: string): boolean => account === SHOP || (isSubAccount(account) && payeeOf(account) === SHOP);
  const entries = (): Entry[] => {
    switch (fact.kind) {
      case 1:
        return [{ type: 'opened', side: 'credit', account: fact.account, leg: null }];
      case 2:
      case 9:
        return [{ type: 'changed', side: 'credit', account: fact.account, leg: null }];
      case 3:
      case 7:
      case 8:
      case 10:
      case 11: {
        const { from, to } = movedLegs(fact);
        const type = fact.kind === 3 || fact.kind === 11 ? fact.step : 'posted';
        return [
          { type, side: 'debit', account: from.account, leg: from },
          { type, side: 'credit', account: to.account, leg: to },
        ];
      }
      case 4:
      case 5:
      case 6:
      case 20:
      case 30:
      case 21:
      case 22:
      case 23:
        return [];
    }
  };
  return entries().filter(({ account }) => isOurs(account));
}

/** More of the shop than chance brings about, in one frame or several. */
async function trade(engine: Engine, step: number, random: Random): Promise<void> {
  await engine.change({ id: SHOP, status: 'active' });
  const paid = Array.from({ length: random.below(6) }, (_, n): BatchMember => [`p${step}.${n}`, 'bank', SHOP, 1 + random.below(30)]); // prettier-ignore
  await engine.batch(...paid, [`d${step}`, SHOP, 'bank', 1 + random.below(90)]);
}

describe(`${STEPS} steps (seed ${SEED})`, () => {
  let account: Account;
  let model: Model;
  let books: KeptBooks;

  const lines = (upTo = Infinity): SpreadLines => {
    const strands = [SHOP, ...(account.crediting?.subAccounts ?? [])].map((id) => {
      const store = books.stores[shardOf(MERCHANT, id, SHARDS)];
      const no = store?.account(MERCHANT, id)?.no;
      if (!store || no === undefined) throw new Error(`the books have no ${id}`);
      return { store, no };
    });
    return new SpreadLines(strands, Math.min(upTo, books.bookedSeq));
  };

  const shown = (from: SpreadLines, query: StatementQuery): object => {
    const { entries, ...rest } = pageOf(from, query);
    return {
      entries: entries.map(({ counterparty: _counterparty, amount: _amount, after: { available }, ...line }) => {
        return { ...line, available };
      }),
      ...rest,
    };
  };

  beforeAll(async () => {
    const random = new Random(SEED);
    const credits = await RandomCredits.start((limit) => random.below(limit));
    await credits.engine.change({ id: SHOP, crediting: { way: 'spread', delayMs: 0, spreadOver: 3 } });
    for (let step = 0; step < STEPS; step++) {
      await credits.step();
      await trade(credits.engine, step, random);
    }
    const { engine } = credits;
    await engine.partition.desk.commit.durable();
    account = await engine.account(SHOP);
    model = new Model(engine);
    const folder = mkdtempSync(join(tmpdir(), 'florin-test-'));
    books = new KeptBooks(folder, SHARDS);
    for (let seq = 1; seq <= engine.disk.journal.position(); seq++) {
      books.book(engine.disk.journal.read(seq) ?? new Uint8Array());
      if (seq % 37 === 0) await books.flush();
    }
    await books.flush();
    return async () => {
      await books.close();
      rmSync(folder, { recursive: true });
    };
  }, 60_000);

  test('every page is that of the model', () => {
    expect(model.lines.filter(isMoney).length).toBeGreaterThan(1_000);
    expect(account).toMatchObject({ version: model.version, available: model.available });
    fc.assert(
      fc.property(queryOf(model.lines, SHOP, WANTED_MAX), (query) => {
        expect(shown(lines(), query)).toEqual(expected(model.lines, query));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('whatever some shards have beyond the frame that all have, nobody reads', () => {
    const frames = fc.integer({ min: 1, max: books.bookedSeq });
    const asked = frames.chain((upTo) => {
      const until = model.lines.filter(({ seq }) => seq <= upTo);
      return queryOf(model.lines, SHOP, WANTED_MAX).map((query) => {
        return { upTo, until, query };
      });
    });
    fc.assert(
      fc.property(asked, ({ upTo, until, query }) => {
        expect(shown(lines(upTo), query)).toEqual(expected(until, query));
        expect(lines(upTo).at(Infinity).available).toBe(until.at(-1)?.available ?? 0);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  test('all pages together are the whole statement, either way', () => {
    const money = model.lines.filter(isMoney).map(({ version }) => version);
    for (const newestFirst of [true, false]) {
      const versions: number[] = [];
      for (let more = true; more;) {
        const bounds = { before: 0, after: 0, [newestFirst ? 'before' : 'after']: versions.at(-1) ?? 0 };
        const asked = { merchant: MERCHANT, account: SHOP, limit: 23, newestFirst, type: '', places: null } as const;
        const page = pageOf(lines(), { ...asked, ...bounds, fromMs: 0, toMs: Infinity });
        versions.push(...page.entries.map(({ version }) => version));
        more = page.hasMore;
      }
      expect(versions).toEqual(newestFirst ? money.toReversed() : money);
    }
  });

  test('balances at any time are those of the model', () => {
    for (const timeMs of new Set(model.lines.flatMap((line) => [line.timeMs - 1, line.timeMs, line.timeMs + 1]))) {
      const last = model.lines.findLast((line) => line.timeMs <= timeMs);
      expect(lines().at(timeMs).available).toBe(last?.available ?? 0);
    }
    const { available, held, pending, version } = account;
    expect(lines().at(Infinity)).toEqual({ available, held, pending, version });
  });

  test('a version that no entry has is missed', () => {
    expect(() => [...lines().only([model.version + 1])]).toThrow(BlockDamage);
  });
});
