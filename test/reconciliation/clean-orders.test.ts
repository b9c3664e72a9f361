// Clean orders: nothing is wrong with them, whatever the outside does, and however far behind the books are within the
// window. No alarm may be raised.
//
// FLORIN_CLEAN_ORDERS says how many orders, FLORIN_SEED repeats a run. A trial is a shop of its own and is over before the
// next one begins, so memory and disk are those of one trial: a million orders take some 1,000 trials and 12 minutes of a core.

import { expect, test } from 'vitest';
import { SEED } from '../actors/orders/support/chance.ts';
import { withFolder } from '../support/folder.ts';
import { ordersOf } from './support/planting.ts';
import { randomOrders } from './support/random-orders.ts';
import { Watched } from './support/watched.ts';

const ORDERS = Number(process.env['FLORIN_CLEAN_ORDERS'] ?? 5_000);
const PAYMENTS_PER_TRIAL = 200;
/** By which the books are behind. */
const LAG_MS = 30_000;
/** Between two frames. */
const FRAME_MS = 50;
/** Frames after which the books are flushed, as they are every few seconds, and the watch looks into them. */
const FRAMES_PER_LOOK = 100;
/** Orders after which a long run says how far it is. */
const PROGRESS = 100_000;

/** What it has told, and where it stands, when all has been followed, found, and found again at the end of the window. */
async function watch(folder: string, frames: readonly Uint8Array[]): Promise<object> {
  const watched = new Watched(folder);
  const { books, reconciler } = watched;
  const lag = LAG_MS / FRAME_MS;
  for (let at = 0; at < frames.length + lag; at++) {
    const frame = frames[at];
    if (frame) reconciler.follow(frame, watched.nowMs);
    const booked = frames[at - lag];
    if (booked) books.book(booked);
    if (at % FRAMES_PER_LOOK !== 0) watched.nowMs += FRAME_MS;
    else {
      await books.flush();
      await watched.pass(FRAME_MS);
    }
  }
  await books.flush();
  // First all that is booked, then once more at the end of the window.
  await watched.pass(1_000);
  await watched.pass(61_000);
  await watched.pass(1_000);
  const { followed, waiting, skipped } = reconciler;
  await watched.close();
  return { told: watched.told.map(({ breach }) => breach.detail), followed, waiting, skipped };
}

test(
  `no alarm over ${ORDERS} clean orders with books that are 30 s behind, FLORIN_SEED=${SEED}`,
  async () => {
    const began = process.cpuUsage();
    let [orders, frames, trials] = [0, 0, 0];
    const say = (): void => {
      const { user, system } = process.cpuUsage(began);
      const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
      console.info(
        `clean-orders.test.ts: ${orders} orders in ${frames} frames of ${trials} trials, FLORIN_SEED=${SEED}; ` +
          `${Math.round((user + system) / 1e6)} s of processor time, ${memory} MiB of memory`,
      );
    };
    while (orders < ORDERS) {
      const seed = SEED + trials;
      const made = await randomOrders(seed, PAYMENTS_PER_TRIAL);
      made.trial.shop.engine.crash();
      const seen = await withFolder((folder) => watch(folder, made.frames));
      expect({ seed, ...seen }).toEqual({ seed, told: [], followed: made.frames.length, waiting: 0, skipped: 0 });
      const saidBefore = Math.floor(orders / PROGRESS);
      orders += new Set(ordersOf(made.frames).steps.map(({ fact }) => fact.order.id)).size;
      frames += made.frames.length;
      trials += 1;
      if (Math.floor(orders / PROGRESS) > saidBefore) say();
    }
    say();
  },
  60_000 + ORDERS * 20,
);
