// Book keeper: the journal of an engine at random, booked in every way there is, gives the same books to the byte, and
// the books say what the engine says. FLORIN_SEED repeats a run.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { subjectsOfKind } from '../../src/domain/books/subjects.ts';
import { trialBalance } from '../../src/ledger/trial-balance.ts';
import { temporaryFolder } from '../support/folder.ts';
import { engineJournal, type EngineJournal } from './support/engine-journal.ts';
import { contentsOf } from './support/shard-contents.ts';
import { KeptBooks } from './support/shard-folders.ts';

const SHARDS = 16;
const STEPS = 1_500;
const RUNS = 10;
/** Frames that are flushed one by one; the rest at the end. */
const FLUSHED = 100;
const SEED = Number(process.env['FLORIN_SEED'] ?? Date.now() % 2 ** 31);
const LAST_DAY = '9999-12-31';

let journal: EngineJournal;
/** All of it by one worker, in one flush. */
let expected: ReadonlyMap<string, string>;

beforeAll(async () => {
  journal = await engineJournal(SEED, STEPS);
  expected = await booked(1, new Map());
}, 120_000);

afterAll(() => {
  console.info(`book-keeper.test.ts: ${journal.frames.length} frames, ${expected.size} records, FLORIN_SEED=${SEED}`);
});

/** After a frame: flushed; all in memory lost; or lost in the midst of a flush, when some shards were written. */
type Mishap = 'flush' | 'crash' | 'half a flush';

function frameAt(seq: number): Uint8Array {
  const frame = journal.frames[seq - 1];
  if (!frame) throw new Error(`no frame ${seq}`);
  return frame;
}

async function booked(workers: number, mishaps: ReadonlyMap<number, Mishap>): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'florin-books-'));
  const left = new Map(mishaps);
  let books = new KeptBooks(folder, SHARDS, workers);
  for (let seq = 1; seq <= journal.frames.length; seq++) {
    books.book(frameAt(seq));
    const mishap = left.get(seq);
    left.delete(seq);
    if (mishap === 'flush') await books.flush();
    if (mishap === 'half a flush') await books.flushFirst(1 + (seq % (SHARDS - 1)));
    if (mishap === 'crash' || mishap === 'half a flush') {
      await books.close();
      books = new KeptBooks(folder, SHARDS, workers);
      seq = books.bookedSeq;
    }
  }
  await books.flush();
  await books.close();
  const contents = await contentsOf(folder, SHARDS);
  rmSync(folder, { recursive: true });
  return contents;
}

/** Said by the first place where they differ: the maps are long. */
function difference(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string {
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    if (one.get(key) !== other.get(key)) return `${key}: ${one.get(key)} and ${other.get(key)}`;
  }
  return 'none';
}

const mishaps = fc
  .uniqueArray(fc.tuple(fc.nat(), fc.constantFrom<Mishap>('flush', 'flush', 'crash', 'half a flush')), {
    selector: ([at]) => at,
    minLength: 1,
    maxLength: 12,
  })
  .map((all) => new Map(all.map(([at, mishap]) => [1 + (at % journal.frames.length), mishap])));

describe('the same books, to the byte,', () => {
  test('whoever keeps the shards, in whatever parts they are flushed, wherever they are killed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1, 2, 3, 16), mishaps, async (workers, all) => {
        expect(difference(await booked(workers, all), expected)).toBe('none');
      }),
      { seed: SEED, numRuns: RUNS },
    );
  }, 120_000);

  test('when every frame is flushed by itself', async () => {
    const every = new Map(Array.from({ length: FLUSHED }, (_, at) => [at + 1, 'flush' as const]));
    expect(difference(await booked(2, every), expected)).toBe('none');
  }, 120_000);
});

test('debits equal credits in each shard after every flush, and between shards nothing is left', async () => {
  const books = new KeptBooks(temporaryFolder(), SHARDS, 2);
  for (const [at, frame] of journal.frames.entries()) {
    books.book(frame);
    if (at % 40 !== 0) continue;
    await books.flush();
    for (const store of books.stores) expect(sumsOf([store])).toEqual(new Map());
  }
  await books.flush();
  for (const store of books.stores) expect(sumsOf([store])).toEqual(new Map());
  const between = trialBalance(books.stores, '', LAST_DAY).filter(({ subject }) => subject === 2990);
  expect(between.length).toBeGreaterThan(0);
  expect(between.every(({ closing }) => closing === 0n)).toBe(true);
  await books.close();
});

test("each subject has what the engine's accounts of its kind have", async () => {
  const books = new KeptBooks(temporaryFolder(), SHARDS);
  for (const frame of journal.frames) books.book(frame);
  await books.flush();
  const sums = new Map<string, bigint>();
  for (const { kind, currency, available, held } of journal.accounts) {
    const subjects = subjectsOfKind(kind);
    add(sums, `${currency} ${subjects.available}`, BigInt(available));
    add(sums, `${currency} ${subjects.held}`, BigInt(held));
  }
  const found = new Map<string, bigint>();
  for (const store of books.stores) {
    for (const { currency, subject, debit, credit } of store.turnovers('', LAST_DAY)) {
      if (subject !== 2990) add(found, `${currency} ${subject}`, credit - debit);
    }
  }
  expect(withoutZeros(found)).toEqual(withoutZeros(sums));
  expect(withoutZeros(sums).size).toBeGreaterThan(3);
  for (const account of journal.accounts) {
    const { available, held, pending, version } = account;
    expect(books.keepers[0]?.balances(account.merchant, account.id)).toMatchObject({
      available,
      held,
      pending,
      version,
    });
  }
  await books.close();
});

/** Debits less credits by currency and merchant and day, where they are not 0. */
function sumsOf(stores: KeptBooks['stores']): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const store of stores) {
    for (const { date, merchant, currency, debit, credit } of store.turnovers('', LAST_DAY)) {
      add(sums, `${date} ${merchant} ${currency}`, debit - credit);
    }
  }
  return withoutZeros(sums);
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

function withoutZeros(sums: ReadonlyMap<string, bigint>): Map<string, bigint> {
  return new Map([...sums].filter(([, sum]) => sum !== 0n));
}
