// Clean orders: nothing is wrong with them, whatever the outside does, and however far behind the books are within the
// window. No alarm may be raised.
//
// FLORIN_CLEAN_ORDERS says how many orders, FLORIN_SEED repeats a run.

import { expect, onTestFinished, test } from 'vitest';
import { SEED } from '../actors/orders/support/chance.ts';
import { temporaryFolder } from '../support/folder.ts';
import { randomOrders } from './support/random-orders.ts';
import { Watched } from './support/watched.ts';

const ORDERS = Number(process.env['FLORIN_CLEAN_ORDERS'] ?? 5_000);
const PAYMENTS_PER_TRIAL = 200;
/** By which the books are behind. */
const LAG_MS = 30_000;
/** Between two frames. */
const FRAME_MS = 50;

async function watch(frames: readonly Uint8Array[]): Promise<Watched> {
  const watched = new Watched(temporaryFolder());
  onTestFinished(() => watched.close());
  const { books, reconciler } = watched;
  const lag = LAG_MS / FRAME_MS;
  for (let at = 0; at < frames.length + lag; at++) {
    const frame = frames[at];
    if (frame) reconciler.follow(frame, watched.nowMs);
    const booked = frames[at - lag];
    if (booked) books.book(booked);
    if (at % 100 !== 0) watched.nowMs += FRAME_MS;
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
  return watched;
}

test(
  `no alarm over ${ORDERS} clean orders with books that are 30 s behind, FLORIN_SEED=${SEED}`,
  async () => {
    let orders = 0;
    let frames = 0;
    for (let trial = 0; orders < ORDERS; trial++) {
      const made = await randomOrders(SEED + trial, PAYMENTS_PER_TRIAL);
      const { told, reconciler } = await watch(made.frames);
      expect({ seed: SEED + trial, told: told.map(({ breach }) => breach.detail) }).toEqual({ seed: SEED + trial, told: [] }); // prettier-ignore
      expect([reconciler.followed, reconciler.waiting, reconciler.skipped]).toEqual([made.frames.length, 0, 0]);
      orders += made.orders;
      frames += made.frames.length;
    }
    console.info(`clean-orders.test.ts: ${orders} orders in ${frames} frames, FLORIN_SEED=${SEED}`);
  },
  60_000 + ORDERS * 60,
);
