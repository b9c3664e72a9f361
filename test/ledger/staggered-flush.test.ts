// Shards flushed one after the other, in turn: what all of them have is what the last one has, whoever waits for it is
// served within a round, and a crash between two of them loses and doubles nothing.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { SHARDS } from '../../src/ledger/shards.ts';
import { temporaryFolder } from '../support/folder.ts';
import { randomJournal, type MadeJournal } from './support/made-journal.ts';
import { contentsOf } from './support/shard-contents.ts';
import { KeptBooks } from './support/shard-folders.ts';

const SIZE = { accounts: 30, frames: 40, facts: 20 };
/** Frames before the first flush. */
const HALF = 20;

let made: MadeJournal;
/** Of books that were flushed once, at the end. */
let expected: ReadonlyMap<string, string>;

beforeAll(async () => {
  made = randomJournal(11, SIZE);
  const folder = mkdtempSync(join(tmpdir(), 'florin-books-'));
  const books = new KeptBooks(folder, SHARDS);
  for (const frame of made.frames) books.book(frame);
  await books.flush();
  await books.close();
  expected = await contentsOf(folder, SHARDS);
  rmSync(folder, { recursive: true });
});

function keeperOf(books: KeptBooks): KeptBooks['keepers'][number] {
  const [keeper] = books.keepers;
  if (!keeper) throw new Error('no keeper');
  return keeper;
}

test('one shard at a time; the position is that of the last one', async () => {
  const books = new KeptBooks(temporaryFolder(), SHARDS);
  const keeper = keeperOf(books);
  for (const frame of made.frames) books.book(frame);
  const end = made.frames.length;
  for (let flushed = 1; flushed <= SHARDS; flushed++) {
    expect([keeper.bookedSeq, keeper.flushedSeq]).toEqual([end, 0]);
    await keeper.flushNext();
    expect(books.shards.filter(({ flushedSeq }) => flushedSeq === end)).toHaveLength(flushed);
  }
  expect([keeper.flushedSeq, keeper.waiting]).toEqual([end, 0]);
  await books.close();
});

test('who waits for a frame is served within one round, although frames keep coming', async () => {
  const books = new KeptBooks(temporaryFolder(), SHARDS);
  const keeper = keeperOf(books);
  const awaited = 5;
  for (const frame of made.frames.slice(0, awaited)) books.book(frame);
  let rounds = 0;
  for (const frame of made.frames.slice(awaited, awaited + SHARDS)) {
    await keeper.flushNext();
    rounds += 1;
    if (keeper.flushedSeq >= awaited) break;
    books.book(frame);
  }
  expect(rounds).toBe(SHARDS);
  expect(keeper.flushedSeq).toBe(awaited);
  books.refresh();
  expect(books.stores.map((store) => store.checkpoint()?.seq)).toEqual(
    Array.from({ length: SHARDS }, (_, shard) => awaited + shard),
  );
  await books.close();
});

describe('killed after some shards of a round were flushed', () => {
  const counts = [1, 2, 7, SHARDS - 1, SHARDS, SHARDS + 3];

  test.each(counts)('%i flushes: nothing is lost, nothing twice', async (flushes) => {
    const folder = temporaryFolder();
    let books = new KeptBooks(folder, SHARDS);
    for (const frame of made.frames.slice(0, HALF)) books.book(frame);
    for (const frame of made.frames.slice(HALF, HALF + flushes)) {
      await keeperOf(books).flushNext();
      books.book(frame);
    }
    expect(Math.max(...books.shards.map(({ flushedSeq }) => flushedSeq))).toBe(HALF + flushes - 1);
    await books.close();
    books = new KeptBooks(folder, SHARDS);
    expect(books.bookedSeq).toBe(flushes < SHARDS ? 0 : HALF + flushes - SHARDS);
    for (const frame of made.frames.slice(books.bookedSeq)) books.book(frame);
    for (let shard = 0; shard < SHARDS; shard++) await keeperOf(books).flushNext();
    expect(keeperOf(books).flushedSeq).toBe(made.frames.length);
    await books.close();
    expect(await contentsOf(folder, SHARDS)).toEqual(expected);
  });
});
