// Money on its way in the books: what the shards have follows from the engine's facts, in transit lies what is on its
// way, and at the end nothing does.

import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { Random } from '../../loadtest/bench/random.ts';
import { isOnTheWay } from '../../src/domain/crediting.ts';
import { SHARDS } from '../../src/ledger/shards.ts';
import { trialBalance } from '../../src/ledger/trial-balance.ts';
import { BooksVerification } from '../../src/ledger/verification.ts';
import { MERCHANT, type Engine } from '../support/engine.ts';
import { RandomCredits } from '../support/crediting.ts';
import { temporaryFolder } from '../support/folder.ts';
import { factsOf } from '../support/journal-facts.ts';
import { contentsOf } from './support/shard-contents.ts';
import { KeptBooks } from './support/shard-folders.ts';

const SEED = Number(process.env['FLORIN_CREDITING_SEED'] ?? randomInt(1, 2 ** 31));
const [TRANSIT, SUSPENSE, BETWEEN] = [2023, 2090, 2990];

/** Closing balances by subject. */
async function booked(books: KeptBooks, { disk }: Engine): Promise<Map<number, bigint>> {
  for (let seq = books.bookedSeq + 1; seq <= disk.journal.position(); seq++) {
    books.book(disk.journal.read(seq) ?? new Uint8Array());
  }
  await books.flush();
  const rows = trialBalance(books.stores, MERCHANT, '9999-12-31');
  return new Map(rows.map(({ subject, closing }) => [subject, closing]));
}

/** What the engine has on accounts of a sort, and the comparison of each account with the books. */
function compared(books: KeptBooks, { partition, disk }: Engine): bigint {
  const verification = new BooksVerification(books.stores, disk.journal);
  expect(verification.catchUp(() => undefined)).toBe(0);
  let onTheWay = 0n;
  for (const account of partition.desk.accounts.residents()) {
    verification.compare(account);
    if (isOnTheWay(account.id)) onTheWay += BigInt(account.available);
  }
  verification.finish(0);
  return onTheWay;
}

test(`the books of 400 steps (seed ${SEED})`, async () => {
  const random = new Random(SEED);
  const credits = await RandomCredits.start((limit) => random.below(limit));
  const books = new KeptBooks(temporaryFolder(), SHARDS, 2);
  for (let step = 1; step <= 400; step++) {
    await credits.step();
    if (step % 50 > 0) continue;
    const { engine } = credits;
    await engine.partition.desk.commit.durable();
    // All of them in memory, to be compared.
    for (const { merchant, id } of engine.disk.store.accounts()) engine.partition.desk.accounts.find(merchant, id);
    const totals = await booked(books, engine);
    expect(totals.get(TRANSIT) ?? 0n).toBe(compared(books, engine));
    expect(totals.get(BETWEEN) ?? 0n).toBe(0n);
  }
  await credits.settle();
  await credits.engine.partition.desk.commit.durable();
  const totals = await booked(books, credits.engine);
  expect(totals.get(TRANSIT)).toBe(0n);
  const [parked] = await credits.engine.balance('suspense:EUR');
  expect(totals.get(SUSPENSE) ?? 0n).toBe(BigInt(parked));
  await books.close();
  // Booked anew by other workers and flushed at once, they are the same to the byte.
  const anew = new KeptBooks(temporaryFolder(), SHARDS, 3);
  await booked(anew, credits.engine);
  await anew.close();
  expect(await contentsOf(anew.folder, SHARDS)).toEqual(await contentsOf(books.folder, SHARDS));
  const steps = factsOf(credits.engine.disk.journal).map(({ fact }) => ('step' in fact ? fact.step : ''));
  expect(steps).toEqual(expect.arrayContaining(['spread', 'gathered']));
}, 120_000);
