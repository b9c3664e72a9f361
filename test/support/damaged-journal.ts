// A short story in a journal's frames, and hands that damage them.

import { JournalDamage } from '../../actors/recovery.ts';
import type { Fact } from '../../src/domain/facts.ts';
import { frameHash, readFrame, writeFrame, type FrameHead } from '../../src/journal/frame.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import { decodeFacts, encodeFacts } from '../../src/journal/payload.ts';
import type { StateStore } from '../../src/journal/state-store.ts';
import { Engine } from './engine.ts';
import { stateOf, type EngineState } from './engine-state.ts';

export type Story = {
  readonly frames: readonly Uint8Array[];
  /** What the engine said at the end, and before the last frame. */
  readonly atEnd: EngineState;
  readonly beforeLast: EngineState;
};

/** Frame with a post and a hold, and frame with a change of an account. */
export const [TRANSFERS, CHANGE] = [4, 5];

export async function tellStory(): Promise<Story> {
  const journal = openMemoryJournal();
  const engine = await Engine.start({ journal, store: openMemoryStateStore() });
  for (const id of ['bank', 'alice', 'shop']) await engine.open({ id, creditLimit: id === 'bank' ? Infinity : 0 });
  await engine.batch(['t1', 'bank', 'alice', 100], ['h1', 'alice', 'shop', 40, 1]);
  await engine.change({ id: 'alice', metadata: { note: 'x' } });
  await engine.batch(['c1', null, null, 10, 2, 'h1']);
  const beforeLast = await stateOf(engine);
  await engine.batch(['t2', 'alice', 'shop', 5], ['v1', null, null, null, 3, 'h1']);
  return { frames: journal.frames, atEnd: await stateOf(engine), beforeLast };
}

/** An engine on a copy of these frames. @throws JournalDamage, Contradiction */
export function startOn(frames: readonly Uint8Array[], store: StateStore = openMemoryStateStore()): Promise<Engine> {
  return Engine.start({ journal: openMemoryJournal([...frames]), store });
}

/** @throws Error when the engine starts, or says something else. */
export async function damageOf(frames: readonly Uint8Array[], store?: StateStore): Promise<JournalDamage> {
  const damage: unknown = await startOn(frames, store).then(
    () => null,
    (error: unknown) => error,
  );
  if (damage instanceof JournalDamage) return damage;
  throw new Error(`no damage was found: ${String(damage)}`);
}

/** The state store of an engine that took a snapshot at the end of these frames. */
export async function snapshotOf(frames: readonly Uint8Array[]): Promise<StateStore> {
  const engine = await startOn(frames);
  await engine.snapshot();
  engine.crash();
  return engine.disk.store;
}

/** The frame again, with another head or other facts, and a checksum that is right. */
export function forged(
  frame: Uint8Array | undefined,
  head: Partial<FrameHead>,
  change: (facts: Fact[]) => Fact[] = (facts) => facts,
): Uint8Array {
  const read = readFrame(frame ?? new Uint8Array());
  return writeFrame({ ...read, ...head }, encodeFacts(change(decodeFacts(read.payload))));
}

/** Frame `seq` replaced, and every later one chained anew, as a thorough forger would. */
export function rechained(frames: readonly Uint8Array[], seq: number, frame: Uint8Array): Uint8Array[] {
  const chained = [...frames.slice(0, seq - 1), frame];
  for (const later of frames.slice(seq)) {
    chained.push(forged(later, { previousHash: frameHash(chained.at(-1) ?? frame) }));
  }
  return chained;
}
