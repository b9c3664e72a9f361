// Pending changes. What happened in memory and is not in the store yet: written together, a few times a second, because
// each commit is a flush of the disk that the journal needs too.
//
// P1. Of one thing only its newest state is written. P2. What a crash takes from here happens again: an event is read
// again or sent again, none is skipped. P3. What could not be written stays and is written with the next commit.

import type { Endpoint } from '../domain/webhooks/endpoint.ts';
import type { Delivery, Progress } from './delivery.ts';
import type { Lane } from './lane.ts';
import type { Changes, WebhookStore } from './webhook-store.ts';

/** A delivery or an endpoint that changed is written after this time, a cursor that moved past nothing wanted later; ms. */
const COMMIT_MS = { soon: 200, later: 5_000 } as const;

export class PendingChanges {
  readonly #store: Pick<WebhookStore, 'commit'>;
  readonly #now: () => number;
  #endpoints = new Map<string, Endpoint>();
  #progress = new Map<string, Progress>();
  #deliveries = new Map<string, Delivery>();
  #removed = new Set<string>();
  /** When they are to be written; Infinity while there is nothing. */
  #dueMs = Infinity;
  #committing: Promise<void> = Promise.resolve();

  /** `now`: wall clock, ms since 1970. */
  constructor(store: Pick<WebhookStore, 'commit'>, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  endpoint(lane: Lane): void {
    this.#endpoints.set(lane.endpoint.id, lane.endpoint);
    this.#progress.set(lane.endpoint.id, lane.progress);
    this.#due(COMMIT_MS.soon);
  }

  delivery(lane: Lane, delivery: Delivery): void {
    this.#deliveries.set(delivery.id, delivery);
    this.#progress.set(lane.endpoint.id, lane.progress);
    this.#due(COMMIT_MS.soon);
  }

  moved(lane: Lane): void {
    this.#progress.set(lane.endpoint.id, lane.progress);
    this.#due(COMMIT_MS.later);
  }

  removed({ endpoint }: Lane): void {
    this.#removed.add(endpoint.id);
    this.#due(COMMIT_MS.soon);
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueMs;
  }

  /** Everything up to now is durable when it resolves. Rejects with the fault of the store. */
  commit(): Promise<void> {
    const committed = this.#committing.catch(() => {}).then(() => this.#write());
    this.#committing = committed;
    return committed;
  }

  async #write(): Promise<void> {
    if (this.#dueMs === Infinity) return;
    const taken = this.#take();
    try {
      await this.#store.commit(taken, this.#now());
    } catch (error) {
      this.#putBack(taken);
      throw error;
    }
  }

  #take(): Changes {
    const taken = {
      endpoints: this.#endpoints,
      progress: this.#progress,
      deliveries: this.#deliveries,
      removed: this.#removed,
    };
    this.#endpoints = new Map();
    this.#progress = new Map();
    this.#deliveries = new Map();
    this.#removed = new Set();
    this.#dueMs = Infinity;
    return taken;
  }

  /** What changed once more meanwhile is newer. */
  #putBack(taken: Changes): void {
    this.#endpoints = new Map([...taken.endpoints, ...this.#endpoints]);
    this.#progress = new Map([...taken.progress, ...this.#progress]);
    this.#deliveries = new Map([...taken.deliveries, ...this.#deliveries]);
    for (const id of taken.removed) this.#removed.add(id);
    this.#due(COMMIT_MS.later);
  }

  #due(inMs: number): void {
    this.#dueMs = Math.min(this.#dueMs, this.#now() + inMs);
  }
}
