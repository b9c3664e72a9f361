// Verification of the books: whatever is not as it was written, or not as the engine has it, is found.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/domain/accounts.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';
import { BlockDamage } from '../../src/ledger/entry-block.ts';
import { LedgerContradiction } from '../../src/ledger/shard-books.ts';
import { SHARDS, shardOf } from '../../src/ledger/shards.ts';
import { readStatement } from '../../src/ledger/statement.ts';
import { BooksVerification, openShards, type VerifiedBooks } from '../../src/ledger/verification.ts';
import { temporaryFolder } from '../support/folder.ts';
import { MERCHANT, randomJournal, type MadeJournal } from './support/made-journal.ts';
import { KeptBooks } from './support/shard-folders.ts';

const SIZE = { accounts: 6, frames: 40, facts: 20 };
const ACCOUNT = 'account:3';

/** All of the journal is booked. `frames`: how many of them. */
async function booked(made: MadeJournal, frames = made.frames.length): Promise<string> {
  const folder = temporaryFolder();
  const books = new KeptBooks(folder, SHARDS);
  for (const frame of made.frames.slice(0, frames)) books.book(frame);
  await books.flush();
  await books.close();
  return folder;
}

/** As `florin verify` does it. `change`: an account as the engine has it, otherwise. */
async function verify(folder: string, made: MadeJournal, change: Partial<Account> = {}): Promise<VerifiedBooks> {
  const stores = openShards(folder) ?? [];
  try {
    const verification = new BooksVerification(stores, openMemoryJournal(made.frames));
    const trailing = verification.catchUp(() => undefined);
    for (const account of made.accounts.values()) {
      const known = { ...account, merchant: MERCHANT } as unknown as Account;
      verification.compare(account.id === ACCOUNT ? { ...known, ...change } : known);
    }
    return verification.finish(trailing);
  } finally {
    for (const store of stores) await store.close();
  }
}

/** Changes a record behind everybody's back; null removes it. */
async function tamper(
  folder: string,
  database: string,
  of: (key: Buffer, at: number) => boolean,
  to: (value: Buffer) => Buffer | null,
): Promise<void> {
  const shard = shardOf(MERCHANT, ACCOUNT, SHARDS);
  const root = open({ path: join(folder, String(shard)), noSubdir: false, maxDbs: 5, cache: false });
  const records = root.openDB<Buffer, Buffer>({ name: database, encoding: 'binary', keyEncoding: 'binary' });
  const keys = [...records.getKeys()].map((key) => Buffer.from(key)).filter(of);
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) {
    const value = to(Buffer.from(records.get(key) ?? []));
    await (value ? records.put(key, value) : records.remove(key));
  }
  await root.close();
}

test('books of another journal of the same length are told apart', async () => {
  const [made, other] = [randomJournal(7, SIZE), randomJournal(8, SIZE)];
  const folder = await booked(made);
  await expect(verify(folder, other)).rejects.toThrow(/shard \d+ has booked another frame 41 than the journal has/);
});

test('what is as it was written is verified', async () => {
  const made = randomJournal(1, SIZE);
  const entries = [...made.entries.values()].reduce((sum, count) => sum + count, 0);
  expect(await verify(await booked(made), made)).toMatchObject({
    shards: SHARDS,
    accounts: 6,
    trailingFrames: 0,
    entries,
  });
});

test('books that trail are booked on in memory, and stay as they are', async () => {
  const made = randomJournal(2, SIZE);
  const folder = await booked(made, 10);
  expect(await verify(folder, made)).toMatchObject({ trailingFrames: made.frames.length - 10 });
  expect(await verify(folder, made)).toMatchObject({ trailingFrames: made.frames.length - 10 });
});

test('a last frame that a crash cut short is not counted', async () => {
  const made = randomJournal(3, SIZE);
  const folder = await booked(made, 10);
  made.frames.push(made.frames[0]?.subarray(0, 90) ?? new Uint8Array());
  expect(await verify(folder, made)).toMatchObject({ trailingFrames: made.frames.length - 1 - 10 });
});

test('a crash in the midst of the first start, with some of the shards made, is no damage', async () => {
  const made = randomJournal(4, SIZE);
  const folder = temporaryFolder();
  for (const shard of [0, 1, 2]) mkdirSync(join(folder, String(shard)));
  expect(await verify(folder, made)).toMatchObject({ shards: SHARDS, trailingFrames: made.frames.length });
  expect(openShards(temporaryFolder())).toBeNull();
});

describe('found:', () => {
  test.each<[string, Partial<Account>]>([
    ['another version', { version: 1 }],
    ['other money', { available: 0.5 }],
    ['other holds', { held: -1 }],
    ['other money to come', { pending: -1 }],
    ['an account that the books have not', { id: 'nobody' }],
  ])('the engine has %s', async (_, change) => {
    const made = randomJournal(5, SIZE);
    await expect(verify(await booked(made), made, change)).rejects.toBeInstanceOf(LedgerContradiction);
  });

  test('books of more frames than the journal has', async () => {
    const made = randomJournal(6, SIZE);
    const folder = await booked(made);
    made.frames.pop();
    await expect(verify(folder, made)).rejects.toThrow('shard 0 of the books is at frame 41, the journal ends at 40');
  });

  const first = (_: Buffer, at: number): boolean => at === 0;
  const all = (): boolean => true;

  test.each<[string, string, (key: Buffer, at: number) => boolean, (value: Buffer) => Buffer | null]>([
    ['a block that is gone', 'blocks', first, () => null],
    ['an account that is gone', 'accounts', all, () => null],
    ['turnovers that are gone', 'turnovers', first, () => null],
    ['a checkpoint of older days', 'meta', all, () => null],
  ])('%s', async (_, database, of, to) => {
    const made = randomJournal(7, SIZE);
    const folder = await booked(made);
    await tamper(folder, database, of, to);
    await expect(verify(folder, made)).rejects.toBeInstanceOf(LedgerContradiction);
  });

  test('a flipped bit in a block', async () => {
    const made = randomJournal(8, SIZE);
    const folder = await booked(made);
    await tamper(folder, 'blocks', first, (block) => {
      block[100] = (block[100] ?? 0) ^ 4;
      return block;
    });
    await expect(verify(folder, made)).rejects.toBeInstanceOf(BlockDamage);
  });

  test('a whole block of another history in the place of one, by verification and by whoever reads the statement', async () => {
    const made = randomJournal(9, SIZE);
    const [folder, other] = [await booked(made), await booked(randomJournal(10, SIZE))];
    const blocks: Buffer[] = [];
    await tamper(other, 'blocks', all, (block) => {
      blocks.push(block);
      return block;
    });
    await tamper(folder, 'blocks', first, () => blocks[0] ?? Buffer.alloc(0));
    await expect(verify(folder, made)).rejects.toBeInstanceOf(LedgerContradiction);

    const store = openShards(folder)?.[shardOf(MERCHANT, ACCOUNT, SHARDS)];
    if (!store) throw new Error('no store');
    const [known] = store.accounts();
    const query = {
      merchant: MERCHANT,
      account: known?.id ?? '',
      before: 0,
      after: 0,
      limit: 1_000,
      type: '',
    } as const;
    for (const newestFirst of [true, false]) {
      const read = (): unknown =>
        readStatement(store, { ...query, newestFirst, places: null, fromMs: 0, toMs: Infinity });
      expect(read).toThrow(BlockDamage);
    }
    await store.close();
  });
});
