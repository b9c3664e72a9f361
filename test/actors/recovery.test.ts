// What is on disk after a crash, a broken disk or a tampering hand: a torn tail is cut, everything else that is not as
// it was written refuses to start and says where.

import { beforeAll, describe, expect, test } from 'vitest';
import { open } from 'lmdb';
import * as fc from 'fast-check';
import { wholeChain } from '../../actors/recovery.ts';
import type { Fact } from '../../src/domain/facts.ts';
import { readFrame, type FrameHead } from '../../src/journal/frame.ts';
import { openLmdbJournal } from '../../src/journal/lmdb-journal.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import { damageOf, forged, snapshotOf, startOn, tellStory } from '../support/damaged-journal.ts';
import { Engine, memoryDisk } from '../support/engine.ts';
import { stateOf, type EngineState } from '../support/engine-state.ts';
import { temporaryFolder } from '../support/folder.ts';

let frames: readonly Uint8Array[];
let atEnd: EngineState;
let beforeLast: EngineState;

beforeAll(async () => {
  ({ frames, atEnd, beforeLast } = await tellStory());
});

test('an undamaged journal is replayed to its end', async () => {
  const engine = await startOn(frames);
  expect(await stateOf(engine)).toEqual(atEnd);
  expect(engine.cuts).toEqual([]);
});

describe('a last frame that was cut short', () => {
  test('at every byte: is removed, with a word, and the engine goes on before it', async () => {
    const last = frames.at(-1) as Uint8Array;
    for (let length = 0; length < last.length; length++) {
      const engine = await startOn([...frames.slice(0, -1), last.subarray(0, length)]);
      expect(engine.cuts).toEqual([{ seq: frames.length, offset: length }]);
      expect(engine.disk.journal.position()).toBe(frames.length - 1);
      if (length % 50 === 0) expect(await stateOf(engine)).toEqual(beforeLast);
    }
  });

  test('what follows is chained to the frame before it, and is there after the next start', async () => {
    const engine = await startOn([...frames.slice(0, -1), Buffer.from('FLRN')]);
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
    const swapped = frames.with(1, forged(frames[2], { seq: 2 })).with(2, forged(frames[1], { seq: 3 }));
    expect(await damageOf(swapped)).toMatchObject({ seq: 2, offset: 32 });
  });

  test('a frame replaced by another with a right checksum: the next one does not follow from it', async () => {
    const renamed = forged(frames[1], {}, ([fact]) => [{ ...fact, currency: 'XXX' } as Fact]);
    expect(await damageOf(frames.with(1, renamed))).toMatchObject({ seq: 3, offset: 32 });
  });

  test('a frame of another journal', async () => {
    const other = await startOn([]);
    await other.open({ id: 'somebody' });
    expect(await damageOf(frames.with(0, other.disk.journal.read(1) as Uint8Array))).toMatchObject({
      seq: 2,
      offset: 32,
    });
  });

  test('an epoch or a time that goes back, though the chain is whole', async () => {
    const last = frames.length;
    const { previousHash, epoch, timeMs } = readFrame(frames[last - 1] as Uint8Array);
    const older = (head: Partial<FrameHead>): Uint8Array => forged(frames[last - 1], { previousHash, ...head });
    expect(await damageOf(frames.with(last - 1, older({ epoch: epoch - 1 })))).toMatchObject({ seq: last, offset: 8 });
    expect(await damageOf(frames.with(last - 1, older({ timeMs: timeMs - 1 })))).toMatchObject({
      seq: last,
      offset: 24,
    });
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
  expect(heads.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  // The first one also opens the day.
  expect(heads.map(({ count }) => count)).toEqual([2, 1, 1, 1, 1, 1]);
  const times = heads.map(({ timeMs }) => timeMs);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});

function neverCut(seq: number): never {
  throw new Error(`frame ${seq} was cut`);
}
