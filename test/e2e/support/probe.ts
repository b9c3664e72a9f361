// Probe: single transfers at a steady rate between accounts that nobody else uses, and how long each answer took.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';

/** Transfers a second: few enough to be no load, enough for a 99th percentile in seconds. */
const RATE = 500;
const ACCOUNTS = 20;
const TICK_MS = 1;

export class Probe {
  #latenciesMs: number[] = [];
  #sent = 0;
  /** Answers that were no transfer. */
  readonly surprises: string[] = [];

  async openAccounts(client: Client): Promise<void> {
    for (let number = 0; number < ACCOUNTS; number++) {
      await client.ask('accounts.create', {
        id: idOf(number),
        currency: 'EUR',
        kind: 'user',
        credit_limit: 'unlimited',
      });
    }
  }

  /** Sends until `until` says so. */
  async run(client: Client, until: () => boolean): Promise<void> {
    const [startMs, before] = [performance.now(), this.#sent];
    const answers: Promise<void>[] = [];
    while (!until() && !client.lost) {
      const due = ((performance.now() - startMs) / 1_000) * RATE;
      while (this.#sent - before < due) answers.push(this.#send(client));
      await sleep(TICK_MS);
    }
    await Promise.all(answers);
  }

  /** How long the answers since the last call took, ms. */
  take(): number[] {
    const latencies = this.#latenciesMs;
    this.#latenciesMs = [];
    return latencies;
  }

  async #send(client: Client): Promise<void> {
    const number = this.#sent++;
    const body = { id: `probe:${number}`, debit_account: idOf(number), credit_account: idOf(number + 1), amount: 1 };
    const startMs = performance.now();
    const answer = await client.request('transfers.create', body);
    this.#latenciesMs.push(performance.now() - startMs);
    if (answer?.ok !== true) this.surprises.push(answer === null ? 'no answer' : answer.error.code);
  }
}

function idOf(number: number): string {
  return `other:${number % ACCOUNTS}`;
}

/** The value that a share of them does not pass. `share`: 0 … 1. @throws Error when there are none */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new Error('no values');
  return value;
}
