// A statement of a million entries: it is paged through in memory that does not grow with it.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readStatement } from '../../src/ledger/statement.ts';
import { temporaryFolder } from '../support/folder.ts';
import { MERCHANT, MadeJournal } from './support/made-journal.ts';
import { KeptBooks } from './support/shard-folders.ts';

const ENTRIES = 1_000_000;
const FRAME = 5_000;
const PAYERS = 50;
const PAGE = 1_000;
const FLUSH = 100_000;
/** Above what there is before the first page; the entries are 150 MB as objects. */
const HEAP_BYTES_MAX = 8 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

test('a million entries of one account, in pages', async () => {
  const made = new MadeJournal();
  const books = new KeptBooks(temporaryFolder(), 1);
  made.day('2027-01-15');
  made.open('hot');
  for (let payer = 0; payer < PAYERS; payer++) made.open(`payer:${payer}`);
  for (let entry = 1; entry <= ENTRIES; entry++) {
    made.move('posted', `payer:${entry % PAYERS}`, 'hot', 1);
    if (entry % FRAME !== 0) continue;
    books.book(made.frame());
    // Not kept: the journal is not what is measured.
    made.forget();
    if (entry % FLUSH === 0) await books.flush();
  }
  const [store] = books.stores;
  if (!store) throw new Error('no store');
  const read = (after: number): number => {
    const page = readStatement(store, {
      merchant: MERCHANT,
      account: 'hot',
      before: 0,
      after,
      limit: PAGE,
      newestFirst: false,
      type: '',
      places: null,
      fromMs: 0,
      toMs: Infinity,
    });
    expect([page?.entries.length, page?.opening, page?.closing]).toEqual([
      PAGE,
      after && after - 1,
      (after || 1) + PAGE - 1,
    ]);
    return page?.entries.at(-1)?.version ?? 0;
  };
  let after = read(0);
  const before = heapBytes();
  let most = 0;
  for (let pages = 1; pages < ENTRIES / PAGE; pages++) {
    after = read(after);
    if (pages % 100 === 0) most = Math.max(most, heapBytes() - before);
  }
  expect(after).toBe(ENTRIES + 1);
  expect(most).toBeLessThan(HEAP_BYTES_MAX);
  console.info(`${ENTRIES} entries in pages of ${PAGE}: the heap grew by ${Math.round(most / 1024)} KB at most`);
  await books.close();
}, 120_000);
