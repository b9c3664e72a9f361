// Recovery. From what is on disk to actors that are ready: the newest snapshot, then every frame after it.
//
// V1. Every frame read is checked: its checksum, its number, its place in the hash chain, its epoch and time.
// V2. A last frame that a crash cut short is removed, with a word in the log; nobody was told of it. V3. Damage
// anywhere else refuses to start: an engine must not guess about money.

import { isShadow } from '../src/domain/shadow.ts';
import { FrameDamage, FIRST_PREVIOUS_HASH, frameHash, readFrame, tornAt, type Frame } from '../src/journal/frame.ts';
import type { Journal } from '../src/journal/journal.ts';
import { encodedFacts } from '../src/journal/payload.ts';
import type { Mark, StateStore } from '../src/journal/state-store.ts';
import type { Tail } from './commit.ts';
import type { Desk } from './desk.ts';
import { FrameFacts } from './frame-facts.ts';
import { Contradiction, replayFrame } from './replay.ts';

export type Progress = { readonly done: number; readonly total: number; readonly facts: number };

export type RecoveryHooks = {
  /** Frames read so far, of those to read. Called often. */
  readonly progress: (progress: Progress) => void;
  /** A torn last frame was cut. */
  readonly cut: (seq: number, offset: number) => void;
};

/** The journal is damaged at `seq`, byte `offset` of that frame. */
export class JournalDamage extends Error {
  override name = 'JournalDamage';
  readonly seq: number;
  readonly offset: number;

  constructor(seq: number, offset: number, reason: string) {
    super(`journal is damaged at frame ${seq}, byte ${offset}: ${reason}`);
    this.seq = seq;
    this.offset = offset;
  }
}

const START: Tail = { seq: 0, hash: FIRST_PREVIOUS_HASH, timeMs: 0, epoch: 0 };

/** Facts replayed before other work of the process gets a turn: some 10 ms, so that health is answered meanwhile. A
 * frame may have one fact or 10,000, and is replayed as a whole. */
const FACTS_PER_TURN = 4_096;

/** Fills the desk's actors and returns the end of the journal. @throws JournalDamage, Contradiction */
export async function recover(desk: Desk, journal: Journal, store: StateStore, hooks: RecoveryHooks): Promise<Tail> {
  const mark = store.mark();
  if (mark && mark.seq > journal.position()) {
    throw new Contradiction(
      `the journal ends at frame ${journal.position()}, but a snapshot of frame ${mark.seq} exists: frames are missing`,
    );
  }
  if (mark) loadSnapshot(desk, store, mark);
  return replayTail(desk, journal, tailOf(desk, journal, mark), hooks);
}

function loadSnapshot(desk: Desk, store: StateStore, mark: Mark): void {
  for (const entries of store.chunks(mark.chunks)) desk.names.load(entries);
  for (const hold of store.holds()) if (!desk.transits.load(hold) && !desk.orders.load(hold)) desk.transfers.load(hold);
  desk.calendar.load(mark.accountingDate);
  desk.dayUses.load(mark, store.uses());
  desk.switches.load();
}

/** The snapshot's last frame is checked against its hash, so that the chain has no gap there. */
function tailOf(desk: Desk, journal: Journal, mark: Mark | null): Tail {
  if (!mark || mark.seq === 0) return START;
  const bytes = journal.read(mark.seq);
  if (!bytes) throw new JournalDamage(mark.seq, 0, 'frame is missing');
  const { timeMs, epoch, partition } = checkedFrame(bytes, mark.seq);
  mustBeOurFrame(desk, partition, mark.seq);
  const hash = frameHash(bytes);
  if (!sameBytes(hash, mark.hash)) throw new JournalDamage(mark.seq, 0, 'frame is not the one that the snapshot saw');
  return { seq: mark.seq, hash, timeMs, epoch };
}

async function replayTail(desk: Desk, journal: Journal, start: Tail, hooks: RecoveryHooks): Promise<Tail> {
  let tail = start;
  let facts = 0;
  let turnAt = FACTS_PER_TURN;
  const total = journal.position() - start.seq;
  for (const { frame, hash } of chain(journal, start, hooks.cut)) {
    mustBeOurFrame(desk, frame.partition, frame.seq);
    replayFrame(desk, new FrameFacts(frame.seq, frame.timeMs, encodedFacts(frame.count, frame.payload)));
    tail = { seq: frame.seq, hash, timeMs: frame.timeMs, epoch: frame.epoch };
    facts += frame.count;
    if (facts < turnAt) continue;
    turnAt = facts + FACTS_PER_TURN;
    hooks.progress({ done: frame.seq - start.seq, total, facts });
    await new Promise((resolve) => setImmediate(resolve));
  }
  hooks.progress({ done: total, total, facts });
  if (tail.seq < journal.position()) await journal.cutLast();
  return tail;
}

/** A journal of the other world has nothing to replay where its snapshot has everything: its last frame says whose it is. */
function mustBeOurFrame({ shadow }: Desk, partition: number, seq: number): void {
  if (isShadow(partition) === shadow) return;
  throw new Contradiction(`frame ${seq} is of ${shadow ? 'business' : 'stress traffic'}, which is not this partition's`);
}

/** Every frame after `start`, each checked by itself and against the one before it. @throws JournalDamage */
export function* chain(
  journal: Journal,
  start: Tail,
  cut: RecoveryHooks['cut'],
): Iterable<{ frame: Frame; hash: Uint8Array }> {
  let before = start;
  const last = journal.position();
  for (let seq = start.seq + 1; seq <= last; seq++) {
    const bytes = journal.read(seq);
    if (!bytes) throw new JournalDamage(seq, 0, 'frame is missing');
    const torn = seq === last ? tornAt(bytes) : null;
    if (torn !== null) {
      cut(seq, torn);
      return;
    }
    const frame = checkedFrame(bytes, seq);
    checkOrder(frame, before);
    const hash = frameHash(bytes);
    yield { frame, hash };
    before = { seq, hash, timeMs: frame.timeMs, epoch: frame.epoch };
  }
}

/** The chain from the journal's first frame. */
export function wholeChain(journal: Journal, cut: RecoveryHooks['cut']): Iterable<{ frame: Frame; hash: Uint8Array }> {
  return chain(journal, START, cut);
}

function checkedFrame(bytes: Uint8Array, seq: number): Frame {
  try {
    const frame = readFrame(bytes);
    if (frame.seq !== seq) throw new FrameDamage('damaged', 16, `frame says that it is number ${frame.seq}`);
    return frame;
  } catch (error) {
    if (error instanceof FrameDamage) throw new JournalDamage(seq, error.offset, error.message);
    throw error;
  }
}

function checkOrder(frame: Frame, before: Tail): void {
  if (!sameBytes(frame.previousHash, before.hash)) {
    throw new JournalDamage(frame.seq, 32, 'frame does not follow from the one before it');
  }
  if (frame.epoch < before.epoch) throw new JournalDamage(frame.seq, 8, 'epoch goes back');
  if (frame.timeMs < before.timeMs) throw new JournalDamage(frame.seq, 24, 'time goes back');
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
