// Reconciler worker: a thread that follows the journal beside the books and looks at both. What it knows is in its store;
// after a crash a new thread goes on from there.

import { workerData } from 'piscina';
import { FrameDamage } from '../src/journal/frame.ts';
import type { NamedBreach } from '../src/reconciliation/breach-log.ts';
import type { AskedBalance, LiveBalance } from '../src/reconciliation/live-balances.ts';
import { Reconciler, type ReconcilerOptions } from '../src/reconciliation/reconciler.ts';
import { timed } from './work-time.ts';

export type ReconcilerWorkerData = ReconcilerOptions;

export type ReconcilerTask =
  /** Answers once the thread has loaded, and does nothing. */
  | { readonly kind: 'idle' }
  /** Tells how far it is, and nothing else. */
  | { readonly kind: 'position' }
  /** Whole frames in order; what the engine says that accounts have; ids of breaches that somebody has heard of. */
  | {
      readonly kind: 'follow';
      readonly frames: readonly Uint8Array[];
      /** For each frame how many before it have nothing of orders and are not there, and how many after the last. */
      readonly passed: readonly number[];
      readonly balances: readonly LiveBalance[];
      readonly told: readonly string[];
    }
  /** Lets the stores of the books go, which are opened anew. */
  | { readonly kind: 'letGo' }
  | { readonly kind: 'close' };

export type ReconcilerState = {
  /** The last frame that was followed. */
  readonly followed: number;
  /** It takes nothing more until the books have come. */
  readonly full: boolean;
  /** It has something to do although nothing new comes. */
  readonly busy: boolean;
  /** Lines that wait to be found in the books, and those that never were. */
  readonly waiting: number;
  readonly skipped: number;
  /** Those that nobody has heard of. */
  readonly breaches: readonly NamedBreach[];
  /** Accounts of which the engine is to say what they have. */
  readonly asks: readonly AskedBalance[];
  /** Why nothing more is followed. */
  readonly stopped: string | null;
};

/** Between two looks into the books, ms. */
const LOOK_MS = 200;

/** What it knows is written after this time, ms: what a crash costs is to follow so much again, and each write competes with
 * the journal's sync. A breach is written at once. */
const FLUSH_MS = 5_000;

/** Accounts asked for at each look: the engine answers tens of thousands of payments in that time. */
const ASKS_MAX = 10;

let opened: Reconciler | null = null;
let stopped: string | null = null;
let [lookedMs, flushedMs] = [0, performance.now()];
let isUnwritten = false;

/** The thread's one entry: tasks come one at a time. @throws what the disk says; the thread is of no use after that */
export default timed(run);

async function run(task: ReconcilerTask): Promise<ReconcilerState | null> {
  if (task.kind === 'idle') return null;
  const reconciler = (opened ??= new Reconciler(workerData as ReconcilerWorkerData));
  let asks: readonly AskedBalance[] = [];
  if (task.kind === 'follow' && stopped === null) asks = await follow(reconciler, task);
  if (task.kind === 'letGo') await reconciler.letGo();
  if (task.kind === 'close') {
    await reconciler.flush();
    await reconciler.close();
  }
  const { followed, isFull, isBusy, waiting, skipped, untold } = reconciler;
  const busy = isBusy || isUnwritten;
  return { followed, full: isFull, busy, waiting, skipped, breaches: untold, asks, stopped };
}

async function follow(
  reconciler: Reconciler,
  { frames, passed, balances, told }: Extract<ReconcilerTask, { kind: 'follow' }>,
): Promise<readonly AskedBalance[]> {
  reconciler.heard(balances, told);
  try {
    frames.forEach((frame, place) => {
      reconciler.pass(passed[place] ?? 0);
      reconciler.follow(frame, performance.now());
    });
    reconciler.pass(passed[frames.length] ?? 0);
  } catch (error) {
    if (!(error instanceof FrameDamage)) throw error;
    stopped = error.message;
  }
  isUnwritten ||= frames.length > 0 || (passed[0] ?? 0) > 0;
  const nowMs = performance.now();
  const isLook = nowMs - lookedMs >= LOOK_MS;
  if (isLook) {
    reconciler.look(nowMs);
    lookedMs = nowMs;
  }
  if (reconciler.isUrgent || (isUnwritten && nowMs - flushedMs >= FLUSH_MS)) {
    await reconciler.flush();
    [flushedMs, isUnwritten] = [nowMs, false];
  }
  return isLook ? reconciler.asks(ASKS_MAX) : [];
}
