// The mark of stress traffic, lost or gained at each hop of its way in turn: nothing of it is written, and somebody says so.

import { expect, test } from 'vitest';
import type { Context } from '../../src/domain/context.ts';
import { numberOf } from '../../src/domain/refusals.ts';
import { MarkLost, SHADOW_PARTITION } from '../../src/domain/shadow.ts';
import { readFrame, writeFrame } from '../../src/journal/frame.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import { decodeFacts, encodeFacts } from '../../src/journal/payload.ts';
import { LedgerContradiction } from '../../src/ledger/shard-books.ts';
import { OpenAccount } from '../../actors/commands.ts';
import { JournalDamage } from '../../actors/recovery.ts';
import { Contradiction } from '../../actors/replay.ts';
import { contextOf, Engine, memoryDisk, OPENING, type Disk } from '../support/engine.ts';
import { factsOf } from '../support/journal-facts.ts';
import { temporaryFolder } from '../support/folder.ts';
import { KeptBooks } from '../ledger/support/shard-folders.ts';

/** Stress traffic in a partition for it, and business in one for business. */
const SIDES = [
  { side: 'stress traffic', number: SHADOW_PARTITION, shadow: true },
  { side: 'business', number: 0, shadow: false },
] as const;

const NO_KEY = { key: '', fingerprint: '' };

function openAccount(engine: Engine, id: string, shadow: boolean): Promise<OpenAccount> {
  const context: Context = { ...contextOf(), shadow };
  return engine.ask((reply) => new OpenAccount(context, { ...OPENING, id }, NO_KEY, reply));
}

/** The frame with the mark of its last fact changed, whole and in the chain. */
function withoutMark(frame: Uint8Array): Uint8Array {
  const { payload, ...head } = readFrame(frame);
  const facts = decodeFacts(payload);
  const last = facts.at(-1);
  if (!last) throw new Error('the frame is empty');
  const { context } = last;
  const changed = { ...last, context: { ...context, shadow: !context.shadow } };
  return writeFrame(head, encodeFacts([...facts.slice(0, -1), changed]));
}

test.each(SIDES)(
  '$side: a request of the other side is refused, and nothing is written',
  async ({ number, shadow }) => {
    const engine = await Engine.start(memoryDisk(), { number });
    expect((await openAccount(engine, 'a', shadow)).verdict).toBe(0);
    const before = engine.disk.journal.position();
    expect((await openAccount(engine, 'b', !shadow)).verdict).toBe(numberOf('shadow_mismatch'));
    expect(engine.disk.journal.position()).toBe(before);
    expect(factsOf(engine.disk.journal).every(({ fact }) => fact.context.shadow === shadow)).toBe(true);
  },
);

test.each(SIDES)('$side: what an actor states under the other mark stops the partition', async ({ number, shadow }) => {
  const engine = await Engine.start(memoryDisk(), { number });
  const { desk } = engine.partition;
  const context = { ...contextOf(), shadow: !shadow };
  expect(() => desk.emit({ kind: 6, context, date: '2027-01-01', key: '', fingerprint: '' })).toThrow(MarkLost);
  await engine.advance(0);
  expect(factsOf(engine.disk.journal).every(({ fact }) => fact.context.shadow === shadow)).toBe(true);
});

test.each(SIDES)('$side: what happens by the clock bears the mark', async ({ number, shadow }) => {
  const engine = await Engine.start(memoryDisk(), { number });
  engine.nowMs += 86_400_000;
  await openAccount(engine, 'a', shadow);
  const days = factsOf(engine.disk.journal).filter(({ fact }) => fact.kind === 6);
  expect(days.map(({ fact }) => fact.context.shadow)).toEqual([shadow, shadow]);
});

test.each(SIDES)('$side: a journal with a fact of the other side does not start', async ({ number, shadow }) => {
  const journal = openMemoryJournal();
  const engine = await Engine.start({ journal, store: openMemoryStateStore() }, { number });
  await openAccount(engine, 'a', shadow);
  engine.crash();
  const frames = [...journal.frames.slice(0, -1), withoutMark(journal.frames.at(-1) ?? new Uint8Array())];
  const again = { journal: openMemoryJournal(frames), store: openMemoryStateStore() };
  await expect(Engine.start(again, { number })).rejects.toThrow(Contradiction);
});

/** The disk of one of the sides, with a snapshot that has all of its journal. */
async function snapshotOf({ number, shadow }: (typeof SIDES)[number]): Promise<Disk> {
  const engine = await Engine.start(memoryDisk(), { number });
  await openAccount(engine, 'a', shadow);
  await engine.snapshot();
  engine.crash();
  return engine.disk;
}

test.each(SIDES)('$side: a snapshot of it, with nothing to replay, is no start for the other', async (side) => {
  const disk = await snapshotOf(side);
  expect(disk.store.mark()?.seq).toBe(disk.journal.position());
  const other = side.shadow ? 0 : SHADOW_PARTITION;
  await expect(Engine.start(disk, { number: other })).rejects.toThrow(Contradiction);
  const again = await Engine.start(disk, { number: side.number });
  expect((await openAccount(again, 'b', side.shadow)).verdict).toBe(0);
});

test('a snapshot beside the journal of the other side does not start', async () => {
  const [stress, business] = [await snapshotOf(SIDES[0]), await snapshotOf(SIDES[1])];
  for (const { number } of SIDES) {
    const mixed = { journal: stress.journal, store: business.store };
    await expect(Engine.start(mixed, { number })).rejects.toThrow(number === 0 ? Contradiction : JournalDamage);
  }
});

test.each(SIDES)('$side: the books stop at such a fact', async ({ number, shadow }) => {
  const journal = openMemoryJournal();
  const engine = await Engine.start({ journal, store: openMemoryStateStore() }, { number });
  await openAccount(engine, 'a', shadow);
  await openAccount(engine, 'b', shadow);
  const [last = new Uint8Array(), ...earlier] = journal.frames.toReversed();
  const books = new KeptBooks(temporaryFolder(), 4);
  try {
    for (const frame of earlier.toReversed()) books.book(frame);
    expect(() => books.book(withoutMark(last))).toThrow(LedgerContradiction);
  } finally {
    await books.close();
  }
});
