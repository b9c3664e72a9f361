// Stream: batches of transfers at a steady rate, whatever the answers take. What a batch says follows from its number, so
// that all of it can be sent again after a crash, and what the accounts must have can be added up without the server.
//
// Z1. A batch is sent once, and again only by `again`. Z2. A result is what the server said last: a transfer that was refused
// or not answered may be carried out later under the same id.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';

export type Tuple = readonly [id: string, debit: string, credit: string, amount: number];

export type StreamOptions = {
  /** Transfers a second and in a batch. */
  readonly rate: number;
  readonly size: number;
  /** The transfer at a place: always the same. */
  readonly tuple: (place: number) => Tuple;
};

const ALREADY_THERE = 4;
const INSUFFICIENT_FUNDS = 160;
/** Not answered. */
const UNKNOWN = 255;

/** Time between two looks at the clock, ms. */
const TICK_MS = 2;
/** Batches without an answer; above it the stream waits: the server is down, or the rate more than it can do. */
const UNANSWERED_MAX = 200;
/** Transfers sent again in one batch. */
const AGAIN_SIZE = 1_000;

export class Stream {
  readonly #options: StreamOptions;
  /** By place. */
  #results = new Uint8Array(1 << 16).fill(UNKNOWN);
  #sent = 0;
  #unanswered = 0;
  /** What was answered with neither success nor insufficient funds. */
  readonly surprises: string[] = [];

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** Transfers sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Sends until `until` says so or the connection ends; resolves when everything is answered or lost. */
  async run(client: Client, until: () => boolean): Promise<void> {
    const { rate, size } = this.#options;
    const [startMs, before] = [performance.now(), this.#sent];
    const answers: Promise<void>[] = [];
    while (!until() && !client.lost) {
      const due = ((performance.now() - startMs) / 1_000) * rate;
      while (this.#sent - before < due && this.#unanswered < UNANSWERED_MAX) answers.push(this.#send(client, size));
      await sleep(TICK_MS);
    }
    await Promise.all(answers);
  }

  /** Sends every transfer again that was accepted or not answered. Those of them that were not there. */
  async again(client: Client): Promise<{ known: number; lost: string[]; late: number }> {
    const told = { known: 0, lost: [] as string[], late: 0 };
    const places: number[] = [];
    for (let place = 0; place < this.#sent; place++) {
      if (this.accepted(place) || this.#results[place] === UNKNOWN) places.push(place);
    }
    for (let from = 0; from < places.length; from += AGAIN_SIZE) {
      const chunk = places.slice(from, from + AGAIN_SIZE);
      const transfers = chunk.map(this.#options.tuple);
      const { results } = await client.ask('transfers.batch', { transfers });
      chunk.forEach((place, at) => {
        const result = (results as readonly number[])[at] ?? UNKNOWN;
        if (!this.accepted(place)) told.late += 1;
        else if (result === ALREADY_THERE) told.known += 1;
        else told.lost.push(`${transfers[at]?.[0]}: ${result}`);
        this.#take(place, result);
      });
    }
    return told;
  }

  accepted(place: number): boolean {
    return this.#results[place] === 0;
  }

  /** Transfers that were carried out, and minor units that they moved. */
  carriedOut(): { count: number; amount: number } {
    const sum = { count: 0, amount: 0 };
    for (let place = 0; place < this.#sent; place++) {
      if (!this.accepted(place)) continue;
      sum.count += 1;
      sum.amount += this.#options.tuple(place)[3];
    }
    return sum;
  }

  /** Transfers whose latest answer was that the money is not there. */
  refused(): number {
    return this.#results.subarray(0, this.#sent).filter((result) => result === INSUFFICIENT_FUNDS).length;
  }

  /** Transfers without an answer. */
  unknown(): number {
    return this.#results.subarray(0, this.#sent).filter((result) => result === UNKNOWN).length;
  }

  async #send(client: Client, size: number): Promise<void> {
    const from = this.#sent;
    this.#sent += size;
    this.#makeRoom();
    const transfers = Array.from({ length: size }, (_, at) => this.#options.tuple(from + at));
    this.#unanswered += 1;
    const answer = await client.request('transfers.batch', { transfers });
    this.#unanswered -= 1;
    if (answer === null) return;
    if (!answer.ok) {
      this.surprises.push(answer.error.code);
      return;
    }
    (answer.body['results'] as readonly number[]).forEach((result, at) => this.#take(from + at, result));
  }

  #take(place: number, result: number): void {
    this.#results[place] = result === ALREADY_THERE ? 0 : result;
    if (result !== 0 && result !== ALREADY_THERE && result !== INSUFFICIENT_FUNDS) {
      this.surprises.push(`${this.#options.tuple(place)[0]}: ${result}`);
    }
  }

  #makeRoom(): void {
    if (this.#sent <= this.#results.length) return;
    const larger = new Uint8Array(this.#results.length * 2).fill(UNKNOWN);
    larger.set(this.#results);
    this.#results = larger;
  }
}
