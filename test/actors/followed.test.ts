// Frames that somebody follows keep their facts as they were stated. They have to be those that the journal has.

import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/facts.ts';
import { readFrame } from '../../src/journal/frame.ts';
import { decodeFacts } from '../../src/journal/payload.ts';
import type { Durable } from '../../actors/commit.ts';
import { Engine, memoryDisk } from '../support/engine.ts';

const frames: { kept: readonly Fact[]; read: readonly Fact[] }[] = [];

function note({ frame, bytes }: Durable): void {
  frames.push({ kept: frame.facts, read: decodeFacts(readFrame(bytes).payload) });
}

test.each(['always', 'from the middle of a frame on', 'until the middle of one'])('followed %s', async (when) => {
  let asked = 0;
  const isFollowed = (): boolean => {
    asked += 1;
    return when === 'always' || (when === 'until the middle of one' ? asked < 6 : asked > 6);
  };
  frames.length = 0;
  const engine = await Engine.start(memoryDisk(), { durable: note, isFollowed });
  const key = { key: 'k1', fingerprint: 'f'.repeat(22) };
  await Promise.all([
    engine.open({ id: 'bank', creditLimit: Infinity, metadata: { city: 'Zürich' } }),
    engine.open({ id: 'alice' }),
    engine.transfer({ id: 't1', debit: 'bank', credit: 'alice', amount: 5 }),
    engine.transfer({ id: 'h1', debit: 'bank', credit: 'alice', amount: 7, hold: true, metadata: { note: 'kept' } }),
    // Of an atomic batch that is refused nothing stays.
    engine.run(
      [
        ['t2', 'bank', 'alice', 1],
        ['t3', 'alice', 'bank', 1_000],
      ],
      true,
    ),
    engine.settle({ id: 'c1', transfer: 'h1', amount: 3 }),
    engine.run([['t4', 'alice', 'bank', 2]], true, key),
  ]);
  expect(frames.flatMap(({ kept }) => kept).length).toBeGreaterThan(6);
  for (const { kept, read } of frames) expect(kept).toEqual(read);
});
