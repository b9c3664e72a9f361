// Snapshot stream. One snapshot a second, made once and sent to all who follow; none is made while nobody does.
//
// T1. So many follow at once; the next one is told to come later. T2. Who does not read is let go, and comes back to what is
// then. T3. Who may no longer see it is let go within a second.

import type { Follower } from '../ops/ops-server.ts';
import type { Snapshot } from './snapshot.ts';

/** Pages that are open at once: more operators than look at one engine. */
export const FOLLOWERS_MAX = 16;

/** Between two snapshots, ms. */
const PERIOD_MS = 1_000;

/** Some ten snapshots: whoever has not read them is not looking. */
const UNREAD_BYTES_MAX = 262_144;

/** Whether this follower may still see what comes. */
type MayStill = () => boolean;

export class SnapshotStream {
  readonly #take: () => Snapshot;
  readonly #followers = new Map<Follower, MayStill>();
  #timer: NodeJS.Timeout | null = null;

  constructor(take: () => Snapshot) {
    this.#take = take;
  }

  get isFull(): boolean {
    return this.#followers.size >= FOLLOWERS_MAX;
  }

  /** Who comes gets a snapshot at once. @returns what is to be done when the follower has gone */
  add(follower: Follower, mayStill: MayStill): () => void {
    this.#followers.set(follower, mayStill);
    follower.write(eventOf(this.#take()));
    this.#timer ??= setInterval(() => this.#tell(), PERIOD_MS);
    return () => this.#remove(follower);
  }

  /** Lets everybody go. */
  stop(): void {
    for (const follower of this.#followers.keys()) this.#dismiss(follower);
  }

  #tell(): void {
    const event = eventOf(this.#take());
    for (const [follower, mayStill] of this.#followers) {
      if (!mayStill() || follower.unread() > UNREAD_BYTES_MAX) this.#dismiss(follower);
      else follower.write(event);
    }
  }

  #dismiss(follower: Follower): void {
    this.#remove(follower);
    follower.end();
  }

  #remove(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

function eventOf(snapshot: Snapshot): string {
  return `event: snapshot\ndata: ${JSON.stringify(snapshot)}\n\n`;
}
