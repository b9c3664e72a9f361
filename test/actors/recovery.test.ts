// What is on disk after a crash, a broken disk or a tampering hand: a torn tail is cut, everything else that is not as
// it was written refuses to start and says where.

import { beforeAll, describe, expect, test } from 'vitest';
import { open } from 'lmdb';
import * as fc from 'fast-check';
import { JournalDamage, wholeChain } from '../../actors/recovery.ts';
import { Contradiction } from '../../actors/replay.ts';
import type { Fact } from '../../src/domain/facts.ts';
import { frameHash, readFrame, writeFrame, type FrameHead } from '../../src/journal/frame.ts';
import { openLmdbJournal } from '../../src/journal/lmdb-journal.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import { decodeFacts, encodeFacts } from '../../src/journal/payload.ts';
import type { StateStore } from '../../src/journal/state-store.ts';
import { Engine, memoryDisk } from '../support/engine.ts';
import { stateOf, type EngineState } from '../support/engine-state.ts';
import { temporaryFolder } from '../support/folder.ts';

/** Frames of a short story, and what the engine said at its end and before its last frame. */
let frames: Uint8Array[];
let atEnd: EngineState;
let beforeLast: EngineState;

beforeAll(async () => {
  const journal = openMemoryJournal();
  const engine = await Engine.start({ journal, store: openMemoryStateStore() });
  for (const id of ['bank', 'alice', 'shop']) await engine.open({ id, creditLimit: id === 'bank' ? Infinity : 0 });
  await engine.batch(['t1', 'bank', 'alice', 100], ['h1', 'alice', 'shop', 40, 1]);
  await engine.change({ id: 'alice', metadata: { note: 'x' } });
  await engine.batch(['c1', null, null, 10, 2, 'h1']);
  beforeLast = await stateOf(engine);
  await engine.batch(['t2', 'alice', 'shop', 5], ['v1', null, null, null, 3, 'h1']);
  atEnd = await stateOf(engine);
  ({ frames } = journal);
});

function start(journal: Uint8Array[], store: StateStore = openMemoryStateStore()): Promise<Engine> {
  return Engine.start({ journal: openMemoryJournal([...journal]), store });
}

async function damageOf(journal: Uint8Array[], store?: StateStore): Promise<JournalDamage> {
  const damage: unknown = await start(journal, store).then(
    () => null,
    (error: unknown) => error,
  );
  if (damage instanceof JournalDamage) return damage;
  throw new Error(`no damage was found: ${String(damage)}`);
}

/** The frame again, with other content or another head, and a checksum that is right. */
function forged(
  frame: Uint8Array,
  head: Partial<FrameHead>,
  change: (facts: Fact[]) => Fact[] = (facts) => facts,
): Uint8Array {
  const read = readFrame(frame);
  return writeFrame({ ...read, ...head }, Buffer.from(encodeFacts(change(decodeFacts(read.payload)))));
}

/** The journal with frame `seq` replaced and every later one chained anew, as a thorough forger would. */
function rechained(seq: number, frame: Uint8Array): Uint8Array[] {
  const chained = frames.slice(0, seq - 1);
  chained.push(frame);
  for (const later of frames.slice(seq)) {
    chained.push(forged(later, { previousHash: frameHash(chained.at(-1) ?? frame) }));
  }
  return chained;
}

test('an undamaged journal is replayed to its end', async () => {
  const engine = await start(frames);
  expect(await stateOf(engine)).toEqual(atEnd);
  expect(engine.cuts).toEqual([]);
});

describe('a last frame that was cut short', () => {
  test('at every byte: is removed, with a word, and the engine goes on before it', async () => {
    const last = frames.at(-1) as Uint8Array;
    for (let length = 0; length < last.length; length++) {
      const engine = await start([...frames.slice(0, -1), last.subarray(0, length)]);
      expect(engine.cuts).toEqual([{ seq: frames.length, offset: length }]);
      expect(engine.disk.journal.position()).toBe(frames.length - 1);
      if (length % 50 === 0) expect(await stateOf(engine)).toEqual(beforeLast);
    }
  });

  test('what follows is chained to the frame before it, and is there after the next start', async () => {
    const engine = await start([...frames.slice(0, -1), Buffer.from('FLRN')]);
    expect(await engine.batch(['t2', 'alice', 'shop', 5], ['v1', null, null, null, 3, 'h1'])).toEqual([0, 3]);
    const next = await engine.restart();
    expect(next.cuts).toEqual([]);
    expect((await stateOf(next)).accounts.map(({ available }) => available)).toEqual(
      atEnd.accounts.map(({ available }) => available),
    );
  });

  test('in LMDB as well', async () => {
    const folder = temporaryFolder();
    const journal = openLmdbJournal(folder);
    for (const frame of frames.slice(0, -1)) await journal.append(frame);
    await journal.append((frames.at(-1) as Uint8Array).subarray(0, 100));
    await journal.close();
    const engine = await Engine.start({ journal: openLmdbJournal(folder), store: openMemoryStateStore() });
    expect(engine.cuts).toEqual([{ seq: frames.length, offset: 100 }]);
    expect(await stateOf(engine)).toEqual(beforeLast);
    await engine.disk.journal.close();
    const reopened = openLmdbJournal(folder);
    expect(reopened.position()).toBe(frames.length - 1);
    await reopened.close();
  });

  test('but not when a snapshot saw it whole', async () => {
    const store = await snapshotOf(frames);
    const torn = [...frames.slice(0, -1), (frames.at(-1) as Uint8Array).subarray(0, 100)];
    expect(await damageOf(torn, store)).toMatchObject({ seq: frames.length, offset: 100 });
  });
});

/** The state store of an engine that took a snapshot at the end of this journal. */
async function snapshotOf(journal: Uint8Array[]): Promise<StateStore> {
  const engine = await start(journal);
  await engine.snapshot();
  engine.crash();
  return engine.disk.store;
}

describe('any other damage refuses to start, and names the frame and the byte', () => {
  test('a frame before the last, cut at every byte', async () => {
    const seq = frames.length - 1;
    const whole = frames[seq - 1] as Uint8Array;
    for (let length = 0; length < whole.length; length++) {
      const damage = await damageOf(frames.with(seq - 1, whole.subarray(0, length)));
      expect(damage).toMatchObject({ seq, offset: length });
      expect(damage.message).toContain(`frame ${seq}, byte ${length}`);
    }
  });

  test('one random bit in a thousand copies', async () => {
    const bits = frames.map(({ length }) => length * 8);
    const all = bits.reduce((sum, count) => sum + count, 0);
    await fc.assert(
      fc.asyncProperty(fc.nat(all - 1), async (any) => {
        let seq = 1;
        let bit = any;
        for (; bit >= (bits[seq - 1] ?? 0); seq++) bit -= bits[seq - 1] ?? 0;
        const copy = Buffer.from(frames[seq - 1] as Uint8Array);
        copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(() => [...wholeChain(openMemoryJournal(frames.with(seq - 1, copy)), neverCut)]).toThrow(
          `journal is damaged at frame ${seq}, byte `,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test('a frame that is missing', async () => {
    const folder = temporaryFolder();
    const journal = openLmdbJournal(folder);
    for (const frame of frames) await journal.append(frame);
    await journal.close();
    const root = open({ path: folder, maxDbs: 1 });
    await root.openDB({ name: 'frames', encoding: 'binary', keyEncoding: 'uint32' }).remove(3);
    await root.close();
    const disk = { journal: openLmdbJournal(folder), store: openMemoryStateStore() };
    await expect(Engine.start(disk)).rejects.toMatchObject({ name: 'JournalDamage', seq: 3, offset: 0 });
    await disk.journal.close();
  });

  test('a frame that was taken out', async () => {
    expect(await damageOf(frames.toSpliced(2, 1))).toMatchObject({ seq: 3, offset: 16 });
  });

  test('a frame that was put in twice', async () => {
    expect(await damageOf(frames.toSpliced(2, 0, frames[1] as Uint8Array))).toMatchObject({ seq: 3, offset: 16 });
  });

  test('two frames that changed places', async () => {
    const swapped = frames.with(2, frames[3] as Uint8Array).with(3, frames[2] as Uint8Array);
    expect(await damageOf(swapped)).toMatchObject({ seq: 3, offset: 16 });
  });

  test('two frames that changed places and numbers', async () => {
    const swapped = frames
      .with(1, forged(frames[2] as Uint8Array, { seq: 2 }))
      .with(2, forged(frames[1] as Uint8Array, { seq: 3 }));
    expect(await damageOf(swapped)).toMatchObject({ seq: 2, offset: 32 });
  });

  test('a frame replaced by another with a right checksum: the next one does not follow from it', async () => {
    const renamed = forged(frames[1] as Uint8Array, {}, ([fact]) => [{ ...fact, currency: 'XXX' } as Fact]);
    expect(await damageOf(frames.with(1, renamed))).toMatchObject({ seq: 3, offset: 32 });
  });

  test('a frame of another journal', async () => {
    const other = await start([]);
    await other.open({ id: 'somebody' });
    expect(await damageOf(frames.with(0, other.disk.journal.read(1) as Uint8Array))).toMatchObject({
      seq: 2,
      offset: 32,
    });
  });

  test('an epoch or a time that goes back, though the chain is whole', async () => {
    const last = frames.length;
    const { previousHash, epoch, timeMs } = readFrame(frames[last - 1] as Uint8Array);
    const older = (head: Partial<FrameHead>): Uint8Array =>
      forged(frames[last - 1] as Uint8Array, { previousHash, ...head });
    expect(await damageOf(frames.with(last - 1, older({ epoch: epoch - 1 })))).toMatchObject({ seq: last, offset: 8 });
    expect(await damageOf(frames.with(last - 1, older({ timeMs: timeMs - 1 })))).toMatchObject({
      seq: last,
      offset: 24,
    });
  });
});

/** The journal with each fact of frame `seq` altered, and chained anew. */
function altered(seq: number, alter: (fact: Fact) => Fact): Uint8Array[] {
  return rechained(
    seq,
    forged(frames[seq - 1] as Uint8Array, {}, (facts) => facts.map(alter)),
  );
}

/** Facts that do not follow from what was before are refused, however well the frames are chained (I4). */
describe('a journal that contradicts itself', () => {
  const [TRANSFERS, CHANGE] = [4, 5];

  test('rechained without a change it is accepted', async () => {
    expect(await stateOf(await start(altered(TRANSFERS, (fact) => fact)))).toEqual(atEnd);
  });

  test.each<[string, number, (fact: Fact) => Fact]>([
    [
      'an amount',
      TRANSFERS,
      (fact) => (fact.kind === 3 ? { ...fact, moved: fact.moved + 1, amount: fact.amount + 1 } : fact),
    ],
    [
      'a balance',
      TRANSFERS,
      (fact) => (fact.kind === 3 ? { ...fact, debit: { ...fact.debit, available: fact.debit.available + 1 } } : fact),
    ],
    [
      'a version',
      TRANSFERS,
      (fact) => (fact.kind === 3 ? { ...fact, credit: { ...fact.credit, version: fact.credit.version + 1 } } : fact),
    ],
    [
      'an account that was never opened',
      TRANSFERS,
      (fact) => (fact.kind === 3 ? { ...fact, credit: { ...fact.credit, account: 'nobody' } } : fact),
    ],
    [
      'a change of a version to come',
      CHANGE,
      (fact) => (fact.kind === 2 ? { ...fact, version: fact.version + 1 } : fact),
    ],
    ['a change of nobody', CHANGE, (fact) => (fact.kind === 2 ? { ...fact, account: 'nobody' } : fact)],
  ])('%s', async (_, seq, alter) => {
    await expect(start(altered(seq, alter))).rejects.toThrow(Contradiction);
    await expect(start(altered(seq, alter))).rejects.toThrow(`frame ${seq}: `);
  });
});

describe('a snapshot that does not belong to the journal', () => {
  test('of a frame that the journal has not got', async () => {
    const store = await snapshotOf(frames);
    await expect(start(frames.slice(0, -1), store)).rejects.toThrow(Contradiction);
    await expect(start([], store)).rejects.toThrow('frames are missing');
  });

  test('of another journal', async () => {
    const store = await snapshotOf(frames);
    const other = rechained(2, forged(frames[1] as Uint8Array, { timeMs: 1 }));
    expect(
      await damageOf(
        other.map((frame) => frame),
        store,
      ),
    ).toMatchObject({ seq: frames.length, offset: 0 });
  });

  test('damage behind it is found as well', async () => {
    const store = await snapshotOf(frames.slice(0, -2));
    const broken = frames.with(frames.length - 1, Buffer.concat([frames.at(-1) as Uint8Array, Buffer.alloc(1)]));
    expect(await damageOf(broken, store)).toMatchObject({ seq: frames.length });
    const gap = frames.with(
      frames.length - 2,
      forged(frames.at(-2) as Uint8Array, { previousHash: new Uint8Array(32) }),
    );
    expect(await damageOf(gap, store)).toMatchObject({ seq: frames.length - 1, offset: 32 });
  });
});

test('every life has an epoch of its own, and times never go back', async () => {
  let engine = await Engine.start(memoryDisk());
  for (let life = 1; life <= 3; life++) {
    await engine.open({ id: `a${life}` });
    engine.nowMs -= 10_000;
    await engine.open({ id: `b${life}` });
    engine = await engine.restart();
  }
  const heads = [...wholeChain(engine.disk.journal, neverCut)].map(({ frame }) => frame);
  expect(heads.map(({ epoch }) => epoch)).toEqual([1, 1, 2, 2, 3, 3]);
  expect(heads.map(({ seq, count }) => [seq, count])).toEqual([1, 2, 3, 4, 5, 6].map((seq) => [seq, 1]));
  const times = heads.map(({ timeMs }) => timeMs);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});

function neverCut(seq: number): never {
  throw new Error(`frame ${seq} was cut`);
}
