// What if somebody reaches for a cell from outside: while it is busy, when it is not there, with a message that is no
// visit?

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dispatch, spawn, stop } from 'nact';
import { expect, test, vi } from 'vitest';
import { numberOf } from '../../src/domain/refusals.ts';
import { accountReference, growPartition, startTree, stopTree } from '../../actors/runtime/tree.ts';
import { contextOf, memoryDisk, MERCHANT, turns } from '../support/engine.ts';
import { openGatedJournal } from '../support/gated-journal.ts';
import {
  account,
  above,
  engine,
  grow,
  growForEachTest,
  inspect,
  transfer,
  tree,
  trunk,
} from '../support/grown-tree.ts';

const OUTCOME_UNKNOWN = numberOf('outcome_unknown');

growForEachTest();

/** A nact actor that keeps what it is sent, and nact's context of it. */
function listener(): { reference: object; heard: { message: unknown; context: object }[] } {
  const heard: { message: unknown; context: object }[] = [];
  const reference = spawn(tree, (_state: unknown, message: unknown, context) => heard.push({ message, context }));
  return { reference, heard };
}

test('nact is the version whose inside tree.ts knows', () => {
  const manifest: unknown = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('nact/package.json'), 'utf8'),
  );
  expect(manifest).toMatchObject({ version: '7.6.2' });
});

test('an account answers a query by its reference, whatever characters its id has', async () => {
  expect(String(account('user:1').path)).toBe(`${tree.name}://partition-0/accounts/acme/user:1`);
  expect(await inspect(account('user:1'))).toMatchObject({ id: 'user:1', available: -70, version: 2 });
});

test('what it answers is a copy', async () => {
  Object.assign(await inspect(account('user:1')), { available: 1_000_000 });
  expect(await engine.balance('user:1')).toEqual([-70, 0, 0]);
});

test('a transfer answers, while its hold is open and when it is long done', async () => {
  await engine.transfer({ id: 'hold', debit: 'user:1', credit: 'user:2', amount: 30, hold: true });
  expect(await inspect(transfer('hold'))).toMatchObject({ id: 'hold', status: 'held', amount: 30, captured: 0 });
  await engine.settle({ id: 'capture', transfer: 'hold', amount: 30 });
  expect(await inspect(transfer('hold'))).toMatchObject({ status: 'captured', captured: 30, version: 2 });
  expect(await inspect(transfer('order:1'))).toMatchObject({ status: 'posted', amount: 70 });
});

test('the answer to a dispatch goes to its sender, from the cell', async () => {
  const { reference, heard } = listener();
  dispatch(account('user:2'), { type: 'inspect', context: contextOf() }, reference);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  expect(heard[0]?.message).toMatchObject({ id: 'user:2', available: 70 });
  expect(heard[0]?.context).toMatchObject({ sender: account('user:2') });
});

test('a sender that is no actor is not answered, and harms nobody', async () => {
  dispatch(account('user:2'), { type: 'inspect', context: contextOf() }, { system: null });
  await turns();
  expect(engine.partition.phase).toBe('ready');
  expect(await engine.balance('user:2')).toEqual([70, 0, 0]);
});

test('a visit waits its turn and sees the whole of what began before it', async () => {
  const pay = Array.from({ length: 500 }, (_, nth) => [`t${nth}`, 'user:1', 'user:2', 1]);
  const batch = engine.run(pay);
  const before = inspect(account('user:2'));
  const second = engine.run([['last', 'user:1', 'user:2', 1]]);
  expect(await before).toMatchObject({ available: 570, version: 502 });
  await Promise.all([batch, second]);
});

test('an answer leaves when what it says is durable, not before', async () => {
  const journal = openGatedJournal();
  stop(trunk);
  await turns();
  await grow({}, { ...memoryDisk(), journal });
  await engine.open({ id: 'a', creditLimit: 100 });
  await engine.open({ id: 'b' });
  journal.shut();
  const moved = engine.transfer({ id: 't', debit: 'a', credit: 'b', amount: 5 });
  const answers: object[] = [];
  const visits = [account('b'), transfer('t')].map(async (cell) => {
    // The transfer exists only once its turn has come.
    await turns();
    answers.push(await inspect(cell));
  });
  await turns(40);
  expect(journal.waiting()).toBe(1);
  expect(answers).toEqual([]);
  journal.open();
  await Promise.all([moved, ...visits]);
  expect(answers).toMatchObject([{ available: 5 }, { status: 'posted', amount: 5 }]);
});

test('what does not exist is unknown to nact, at once', async () => {
  await expect(inspect(account('nobody'))).rejects.toThrow('never existed');
  await expect(inspect(transfer('nothing'))).rejects.toThrow('never existed');
  await expect(inspect(account('user:1', 'other'))).rejects.toThrow('never existed');
  await expect(inspect(accountReference(tree, 1, MERCHANT, 'user:1'))).rejects.toThrow('never existed');
});

test('messages that are no visits are dead letters: counted and nothing else', async () => {
  const { reference, heard } = listener();
  const letters: [object, unknown][] = [
    [account('user:1'), undefined],
    [account('user:1'), 'inspect'],
    [account('user:1'), { type: 'inspect' }],
    [account('user:1'), { type: 'inspect', context: null }],
    [account('user:1'), { type: 'inspect', context: { ...contextOf(), version: 2 } }],
    [account('user:1'), { type: 'inspect', context: contextOf('other') }],
    [account('user:1'), { type: 'debit', context: contextOf(), amount: 5 }],
    [transfer('order:1'), { type: 'capture', context: contextOf() }],
    [above(account('user:1')), { type: 'inspect', context: contextOf() }],
    [above(account('user:1'), 2), { type: 'inspect', context: contextOf() }],
    [trunk, { type: 'inspect', context: contextOf() }],
  ];
  for (const [to, message] of letters) dispatch(to, message, reference);
  await vi.waitFor(() => expect(engine.partition.visits.deadLetters).toBe(letters.length));
  await turns();
  expect(heard).toEqual([]);
  expect(await engine.balance('user:1')).toEqual([-70, 0, 0]);
  expect(engine.partition.inFlight).toBe(0);
});

test('visits are work in flight: above the limit they are refused', async () => {
  stop(trunk);
  await turns();
  const { disk } = engine;
  await grow({ limits: { inFlightMax: 1 } }, disk);
  const [first, second] = await Promise.all([inspect(account('user:1')), inspect(account('user:1'))]);
  expect(first).toMatchObject({ id: 'user:1' });
  expect(second).toEqual({ refused: 'overloaded' });
});

test('stopping a clean account lets it go, and the next visit brings it back', async () => {
  const { accounts } = engine.partition.desk;
  stop(account('user:1'));
  expect(accounts.passivated).toBe(0);
  await engine.snapshot();
  const { size } = accounts;
  stop(account('user:1'));
  expect([accounts.size, accounts.passivated]).toEqual([size - 1, 1]);
  expect(await inspect(account('user:1'))).toMatchObject({ available: -70, version: 2 });
  expect(accounts.size).toBe(size);
});

test('stopping a transfer lets it go, and its hold can still be captured', async () => {
  const { transfers } = engine.partition.desk;
  await engine.transfer({ id: 'hold', debit: 'user:1', credit: 'user:2', amount: 30, hold: true });
  stop(transfer('hold'));
  expect(transfers.size).toBe(0);
  const { verdict } = await engine.settle({ id: 'capture', transfer: 'hold', amount: 30 });
  expect(verdict).toBe(0);
  expect(await engine.balance('user:2')).toEqual([100, 0, 0]);
});

test('nothing but a partition makes what is below it', () => {
  for (const parent of [account('user:1'), above(account('user:1')), above(account('user:1'), 2)]) {
    expect(() => spawn(parent, () => null, 'stranger')).toThrow('only a partition');
  }
  expect(() => growPartition(tree, 0, engine.partition)).toThrow('already exists');
  expect(() => startTree(tree.name)).toThrow('is running already');
});

test.each([
  ['its own reference', () => stop(trunk)],
  ['the reference of a branch', () => stop(above(account('user:1'), 2))],
  ['the reference of the system', () => stopTree(tree)],
])('a partition stops by %s, and tells whoever waits', async (_by, end) => {
  // Nothing becomes durable any more.
  engine.life.end();
  const waiting = engine.transfer({ id: 't', debit: 'user:1', credit: 'user:2', amount: 1 });
  await turns();
  end();
  expect((await waiting).verdict).toBe(OUTCOME_UNKNOWN);
  expect(engine.stops).toMatchObject([{ fatal: false }]);
  expect(engine.partition.phase).toBe('stopped');
  await expect(inspect(account('user:1'))).rejects.toThrow('never existed');
});

test('a drained partition is stopped by reference without a word', async () => {
  await engine.partition.drain();
  stop(trunk);
  await turns();
  expect(engine.stops).toEqual([]);
});
