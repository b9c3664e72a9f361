// Nothing leaves the engine before it is durable (I10), and nothing at all after the disk has failed. The journal of
// these tests keeps a frame waiting until the test lets it through.

import { beforeEach, describe, expect, test } from 'vitest';
import { numberOf } from '../../src/domain/refusals.ts';
import { JournalFault } from '../../src/journal/journal.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import type { Command } from '../../actors/commands.ts';
import { Engine, turns } from '../support/engine.ts';
import { openGatedJournal, type GatedJournal } from '../support/gated-journal.ts';

const OUTCOME_UNKNOWN = numberOf('outcome_unknown');

let journal: GatedJournal;
let engine: Engine;
let answered: string[];

beforeEach(async () => {
  answered = [];
  journal = openGatedJournal();
  engine = await Engine.start({ journal, store: openMemoryStateStore() });
  for (const id of ['bank', 'alice']) await engine.open({ id, creditLimit: Infinity });
  journal.shut();
});

/** Notes the name of a command when it is answered. */
function noted<C extends Command>(name: string, asked: Promise<C>): Promise<C> {
  return asked.then((command) => {
    answered.push(name);
    return command;
  });
}

const EVERY_COMMAND: Readonly<Record<string, () => Promise<Command>>> = {
  open: () => engine.open({ id: 'bob' }),
  change: () => engine.change({ id: 'alice', metadata: { a: 'b' } }),
  transfer: () => engine.transfer({ id: 't1', debit: 'bank', credit: 'alice', amount: 1 }),
  refused: () => engine.transfer({ id: 't2', debit: 'bank', credit: 'nobody', amount: 1 }),
  batch: () => engine.run([['t3', 'bank', 'alice', 1]]),
  settle: () => engine.settle({ transfer: 'nothing' }),
  account: () => engine.readAccount('alice'),
  read: () => engine.readTransfer('t1'),
  list: () => engine.list({}),
};

test('no answer, not even to a read, while the frame before it is not durable', async () => {
  const first = noted('first', engine.transfer({ id: 't0', debit: 'bank', credit: 'alice', amount: 1 }));
  await expect.poll(() => journal.waiting()).toBe(1);
  const asked = Object.entries(EVERY_COMMAND).map(([name, ask]) => noted(name, ask()));
  await turns();
  expect(answered).toEqual([]);
  journal.open();
  await Promise.all([first, ...asked]);
  expect(answered).toEqual(['first', ...Object.keys(EVERY_COMMAND)]);
});

test('a read that saw a change waits for it, though it came with others into a later frame', async () => {
  const first = noted('first', engine.transfer({ id: 't1', debit: 'bank', credit: 'alice', amount: 1 }));
  await expect.poll(() => journal.waiting()).toBe(1);
  const second = noted('second', engine.transfer({ id: 't2', debit: 'bank', credit: 'alice', amount: 1 }));
  const read = noted('read', engine.readAccount('alice'));
  await turns();
  journal.pass();
  await first;
  await turns();
  expect([answered, journal.waiting()]).toEqual([['first'], 1]);
  journal.pass();
  expect([(await second).position, (await read).position]).toEqual([4, 4]);
  expect((await read).account?.available).toBe(2);
});

test('an answer waits for its own frame, though nobody waits for the frame that is in flight', async () => {
  journal.open();
  await engine.batch(['h1', 'bank', 'alice', 1, 1, null, 60]);
  engine.crash();
  journal.shut();
  engine = await Engine.start(engine.disk, { startMs: engine.nowMs + 60_000 });
  await expect.poll(() => journal.waiting()).toBe(1);
  const moved = noted('moved', engine.transfer({ id: 't1', debit: 'bank', credit: 'alice', amount: 1 }));
  await turns();
  journal.pass();
  await turns();
  expect([answered, journal.waiting()]).toEqual([[], 1]);
  journal.pass();
  expect((await moved).position).toBe(journal.position());
});

test('one frame is in flight; what comes meanwhile makes the next one', async () => {
  const asked = [engine.batch(['t0', 'bank', 'alice', 1])];
  await expect.poll(() => journal.waiting()).toBe(1);
  for (let id = 1; id <= 50; id++) asked.push(engine.batch([`t${id}`, 'bank', 'alice', 1]));
  await turns();
  expect(journal.waiting()).toBe(1);
  journal.open();
  await Promise.all(asked);
  expect(journal.position()).toBe(4);
});

test('work above the limit is refused at once, though the disk is busy', async () => {
  engine.crash();
  journal.open();
  engine = await Engine.start(engine.disk, { limits: { inFlightMax: 3 } });
  journal.shut();
  const taken = engine.batch(['t1', 'bank', 'alice', 1], ['t2', 'bank', 'alice', 1]);
  const [whole, part] = [
    engine.run([
      ['t3', 'bank', 'alice', 1],
      ['t4', 'bank', 'alice', 1],
    ]),
    engine.transfer({ id: 't5', debit: 'bank', credit: 'alice', amount: 1 }),
  ];
  expect([(await whole).verdict, engine.partition.inFlight]).toEqual([numberOf('overloaded'), 3]);
  journal.open();
  expect(await taken).toEqual([0, 0]);
  expect((await part).verdict).toBe(0);
  expect(engine.partition.inFlight).toBe(0);
});

describe('when the disk fails', () => {
  test('whoever waits is told that the outcome is unknown, whatever it waits for', async () => {
    const asked: Promise<Command>[] = [engine.transfer({ id: 't0', debit: 'bank', credit: 'alice', amount: 1 })];
    await expect.poll(() => journal.waiting()).toBe(1);
    for (const ask of Object.values(EVERY_COMMAND)) asked.push(ask());
    await turns();
    journal.breakDisk();
    for (const { verdict } of await Promise.all(asked)) expect(verdict).toBe(OUTCOME_UNKNOWN);
    expect(engine.partition.inFlight).toBe(0);
  });

  test('so is a command whose turn had not come yet', async () => {
    const first = engine.transfer({ id: 't0', debit: 'bank', credit: 'alice', amount: 1 });
    await expect.poll(() => journal.waiting()).toBe(1);
    const second = engine.readAccount('alice');
    journal.breakDisk();
    expect((await first).verdict).toBe(OUTCOME_UNKNOWN);
    expect((await second).verdict).toBe(OUTCOME_UNKNOWN);
    expect(engine.partition.inFlight).toBe(0);
  });

  test('the partition stops for good, says so once, and acknowledges nothing any more', async () => {
    const first = engine.batch(['t0', 'bank', 'alice', 1]);
    await expect.poll(() => journal.waiting()).toBe(1);
    journal.breakDisk();
    await first;
    const later = await engine.transfer({ id: 't1', debit: 'bank', credit: 'alice', amount: 1 });
    expect(later.verdict).toBe(numberOf('recovering'));
    expect(journal.position()).toBe(2);
    expect(engine.stops).toEqual([{ error: expect.any(JournalFault), fatal: true, about: null }]);
    expect(engine.partition.phase).toBe('stopped');
  });

  test('draining fails instead of waiting for ever', async () => {
    const first = engine.batch(['t0', 'bank', 'alice', 1]);
    await expect.poll(() => journal.waiting()).toBe(1);
    const second = engine.readAccount('alice');
    const drained = engine.partition.drain();
    journal.breakDisk();
    await expect(drained).rejects.toThrow(JournalFault);
    await Promise.all([first, second]);
  });
});

test('draining finishes what has begun, refuses the rest, and leaves a snapshot of all of it', async () => {
  const first = engine.batch(['t0', 'bank', 'alice', 1]);
  await expect.poll(() => journal.waiting()).toBe(1);
  const second = engine.batch(['t1', 'bank', 'alice', 1]);
  const drained = engine.partition.drain();
  const late = await engine.transfer({ id: 't2', debit: 'bank', credit: 'alice', amount: 1 });
  expect(late.verdict).toBe(numberOf('shutting_down'));
  journal.open();
  expect([await first, await second]).toEqual([[0], [0]]);
  await drained;
  expect(engine.disk.store.mark()?.seq).toBe(journal.position());
  expect(engine.stops).toEqual([]);
});

test('while the journal is read again commands are refused', async () => {
  const late = engine.restart();
  expect((await engine.readAccount('alice')).verdict).toBe(numberOf('recovering'));
  await late;
});
