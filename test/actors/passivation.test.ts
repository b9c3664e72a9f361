// Accounts and holds leave memory when there are too many, and come back when they are needed, as they were.

import { expect, test } from 'vitest';
import type { BatchMember } from '../../actors/commands.ts';
import { openLmdbJournal } from '../../src/journal/lmdb-journal.ts';
import { openLmdbStateStore } from '../../src/journal/lmdb-state-store.ts';
import { Engine, memoryDisk, turns } from '../support/engine.ts';
import { stateFromJournal, stateOf } from '../support/engine-state.ts';
import { temporaryFolder } from '../support/folder.ts';

const ACCOUNTS = 1_000;
const RESIDENT = 10;
const limits = { residentAccountsMax: RESIDENT };

test('a thousand accounts where ten may be in memory', async () => {
  const folder = temporaryFolder();
  const disk = {
    journal: openLmdbJournal(`${folder}/journal`),
    store: openLmdbStateStore(`${folder}/state`),
  };
  const engine = await Engine.start(disk, { limits });
  await Promise.all(Array.from({ length: ACCOUNTS }, (_, n) => engine.open({ id: `a${n}`, creditLimit: Infinity })));
  const expected = Array<number>(ACCOUNTS).fill(0);
  const post = (id: string, debit: number, amount: number): BatchMember => {
    const credit = (debit * 7 + 1) % ACCOUNTS;
    expected[debit] = (expected[debit] ?? 0) - amount;
    expected[credit] = (expected[credit] ?? 0) + amount;
    return [id, `a${debit}`, `a${credit}`, amount];
  };
  for (let round = 0; round < 40; round++) {
    const members = Array.from({ length: 50 }, (_, n) =>
      post(`t${round}.${n}`, (round * 50 + n * 13) % ACCOUNTS, n + 1),
    );
    expect(await engine.batch(...members)).toEqual(Array<number>(50).fill(0));
  }
  await expect
    .poll(async () => (await turns(1), await engine.readAccount('a0'), engine.partition.desk.accounts.size))
    .toBeLessThanOrEqual(RESIDENT);
  expect(engine.partition.desk.accounts.passivated).toBeGreaterThan(ACCOUNTS);
  const { accounts } = await stateOf(engine);
  expect(accounts.map(({ id }) => id)).toEqual(Array.from({ length: ACCOUNTS }, (_, n) => `a${ACCOUNTS - 1 - n}`));
  expect(accounts.map(({ available }) => available)).toEqual(expected.toReversed());
  const next = await engine.restart({ limits });
  expect((await stateOf(next)).accounts).toEqual(accounts);
  await next.partition.drain();
  await Promise.all([disk.journal.close(), disk.store.close()]);
});

test('an account that came back goes on where it was', async () => {
  const engine = await Engine.start(memoryDisk(), { limits: { residentAccountsMax: 1 } });
  await engine.open({ id: 'bank', creditLimit: Infinity });
  for (let n = 0; n < 20; n++) await engine.open({ id: `a${n}` });
  for (let round = 1; round <= 5; round++) {
    for (let n = 0; n < 20; n++) expect(await engine.batch([`t${round}.${n}`, 'bank', `a${n}`, n + 1])).toEqual([0]);
  }
  for (let n = 0; n < 20; n++) {
    expect(await engine.account(`a${n}`)).toMatchObject({ available: 5 * (n + 1), version: 6 });
  }
  expect(engine.partition.desk.accounts.passivated).toBeGreaterThan(50);
  expect(await stateFromJournal(engine)).toEqual(await stateOf(engine));
});

test('nobody leaves while the state store has not got it', async () => {
  const engine = await Engine.start();
  for (const id of ['a', 'b', 'c']) await engine.open({ id });
  const { accounts } = engine.partition.desk;
  accounts.passivate(0);
  accounts.passivate(0);
  expect(accounts.size).toBe(3);
  await engine.snapshot();
  accounts.passivate(0);
  accounts.passivate(0);
  expect(accounts.size).toBe(0);
  expect((await engine.account('b')).ordinal).toBe(2);
});

test('holds that left memory are captured, voided and found like any other', async () => {
  const engine = await Engine.start(memoryDisk(), { limits: { residentHoldsMax: 2 } });
  for (const id of ['bank', 'shop']) await engine.open({ id, creditLimit: Infinity });
  const holds = Array.from({ length: 20 }, (_, n): BatchMember => [`h${n}`, 'bank', 'shop', 10, 1]);
  await engine.batch(...holds);
  await turns();
  expect(engine.partition.desk.transfers.size).toBe(2);
  expect(await engine.batch(...holds)).toEqual(Array<number>(20).fill(4));
  for (let n = 0; n < 20; n++) {
    const results = await engine.batch([`c${n}`, null, null, 4, 2, `h${n}`], [`v${n}`, null, null, null, 3, `h${n}`]);
    expect(results).toEqual([2, 3]);
  }
  expect(await engine.balance('bank')).toEqual([-80, 0, 0]);
  expect(engine.partition.desk.transfers.size).toBe(0);
});
