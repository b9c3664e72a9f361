// Journals whose frames are whole and whose facts cannot be true, and snapshots of something else: the engine does not
// guess about money, it refuses to start.

import { beforeAll, describe, expect, test } from 'vitest';
import { Contradiction } from '../../actors/replay.ts';
import type { Fact } from '../../src/domain/facts.ts';
import {
  CHANGE,
  damageOf,
  forged,
  rechained,
  snapshotOf,
  startOn,
  tellStory,
  TRANSFERS,
} from '../support/damaged-journal.ts';
import { stateOf, type EngineState } from '../support/engine-state.ts';

let frames: readonly Uint8Array[];
let atEnd: EngineState;

beforeAll(async () => {
  ({ frames, atEnd } = await tellStory());
});

/** The journal with each fact of frame `seq` altered, and chained anew. */
function altered(seq: number, alter: (fact: Fact) => Fact): Uint8Array[] {
  return rechained(
    frames,
    seq,
    forged(frames[seq - 1], {}, (facts) => facts.map(alter)),
  );
}

/** Facts that do not follow from what was before are refused, however well the frames are chained (I4). */
describe('a journal that contradicts itself', () => {
  test('rechained without a change it is accepted', async () => {
    expect(await stateOf(await startOn(altered(TRANSFERS, (fact) => fact)))).toEqual(atEnd);
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
    await expect(startOn(altered(seq, alter))).rejects.toThrow(Contradiction);
    await expect(startOn(altered(seq, alter))).rejects.toThrow(`frame ${seq}: `);
  });
});

describe('a snapshot that does not belong to the journal', () => {
  test('of a frame that the journal has not got', async () => {
    const store = await snapshotOf(frames);
    await expect(startOn(frames.slice(0, -1), store)).rejects.toThrow(Contradiction);
    await expect(startOn([], store)).rejects.toThrow('frames are missing');
  });

  test('of another journal', async () => {
    const store = await snapshotOf(frames);
    const other = rechained(frames, 2, forged(frames[1], { timeMs: 1 }));
    expect(await damageOf(other, store)).toMatchObject({ seq: frames.length, offset: 0 });
  });

  test('damage behind it is found as well', async () => {
    const store = await snapshotOf(frames.slice(0, -2));
    const broken = frames.with(frames.length - 1, Buffer.concat([frames.at(-1) as Uint8Array, Buffer.alloc(1)]));
    expect(await damageOf(broken, store)).toMatchObject({ seq: frames.length });
    const gap = frames.with(frames.length - 2, forged(frames.at(-2), { previousHash: new Uint8Array(32) }));
    expect(await damageOf(gap, store)).toMatchObject({ seq: frames.length - 1, offset: 32 });
  });
});
