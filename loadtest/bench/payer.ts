// Payer: one merchant's transfers over one connection, as many at a time as are allowed, or so many a second.
//
// P1. What was due counts from when it was due, not from when this process came to send it: a server that holds everything up
// for a while is seen in all the payments that would have been made meanwhile.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AskingClient } from './asking-client.ts';
import type { ServerUnderTest } from './server-process.ts';

/** Told of each payment that was acknowledged: how long it took and when, ms. */
export type Taken = (latencyMs: number, nowMs: number) => void;

/** Between two looks at what is due, ms. */
const TICK_MS = 1;

export class Payer {
  readonly #client: AskingClient;
  readonly #prefix: string;
  #sent = 0;

  private constructor(client: AskingClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** Opens alice, bob and reader, who owe without limit. `prefix`: of its transfers' ids. */
  static async open(server: ServerUnderTest, key: string, prefix: string): Promise<Payer> {
    const client = await AskingClient.open(server.host, server.port, key);
    const terms = { currency: 'EUR', kind: 'user', credit_limit: 'unlimited' };
    for (const id of ['alice', 'bob', 'reader']) await client.ask('accounts.create', { id, ...terms }, `open:${id}`);
    return new Payer(client, prefix);
  }

  async pay(debit = 'alice', credit = 'bob'): Promise<void> {
    const id = `${this.#prefix}:${(this.#sent += 1)}`;
    await this.#client.ask('transfers.create', { id, debit_account: debit, credit_account: credit, amount: 1 });
  }

  /** `inFlight` at a time, each followed by the next, until the time is over. */
  async payFor(seconds: number, inFlight: number, taken: Taken): Promise<void> {
    const endMs = performance.now() + seconds * 1_000;
    const lane = async (): Promise<void> => {
      for (let beganMs = performance.now(); beganMs < endMs;) {
        await this.pay();
        const nowMs = performance.now();
        taken(nowMs - beganMs, nowMs);
        beganMs = nowMs;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
  }

  /** So many a second, whatever the server does, until the time is over; resolves when all have been answered (P1). */
  async offer(seconds: number, perSecond: number, taken: Taken): Promise<void> {
    const startMs = performance.now();
    const total = Math.floor(seconds * perSecond);
    const paid: Promise<void>[] = [];
    const payDue = async (dueMs: number): Promise<void> => {
      await this.pay();
      const nowMs = performance.now();
      taken(nowMs - dueMs, nowMs);
    };
    while (paid.length < total) {
      const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1_000) * perSecond));
      while (paid.length < due) paid.push(payDue(startMs + (paid.length / perSecond) * 1_000));
      await sleep(TICK_MS);
    }
    await Promise.all(paid);
  }

  end(): void {
    this.#client.end();
  }
}
