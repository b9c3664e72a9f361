// Batcher. Gathers the single transfers of a turn, and those that come while the server is busy, into batches.
//
// B1. Transfers take effect in the order in which they were asked. B2. A batch that was sent never changes, so what is sent
// again under the same ids is the same. B3. Each transfer ends by itself, with what the batch says of it.

import { Call } from './call.ts';
import { RefusedError, UnansweredError } from './faults.ts';
import { BATCH, type Link } from './link.ts';
import type { Results } from './results.ts';
import type { TransferResult } from './transfer-types.ts';

/** What batches are made of: [transfer_id, debit_account, credit_account, amount, kind?, ref?, expires_in?]. */
export type Tuple = readonly unknown[] & { readonly 0: string };

/** A batch that waits takes more transfers for so long, ms: all of them have the deadline of the first. */
const JOIN_MS_MAX = 100;

type Member = {
  readonly id: string;
  readonly resolve: (result: TransferResult) => void;
  readonly reject: (error: Error) => void;
};

type Batch = { readonly call: Call; readonly tuples: Tuple[]; readonly members: Member[]; readonly sinceMs: number };

export type BatcherOptions = {
  readonly link: Pick<Link, 'ask' | 'last' | 'hello'>;
  readonly results: Results;
  /** Transfers in a batch; the server's own bound counts as well. */
  readonly batchMax: number;
  readonly timeoutMs: number;
  /** One transfer has ended. */
  readonly ended: () => void;
};

/** A number that no result has: an answer that is shorter than its batch would be a fault of the server. */
const UNTOLD = 255;

/** Until the greeting says how many: what every server takes. */
const BATCH_MAX_UNKNOWN = 1_000;

export class Batcher {
  readonly #options: BatcherOptions;
  #open: Batch | null = null;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  add(tuple: Tuple): Promise<TransferResult> {
    return new Promise((resolve, reject) => {
      const { tuples, members } = this.#batch();
      tuples.push(tuple);
      members.push({ id: tuple[0], resolve, reject });
    });
  }

  /** The one that can still be joined, or a new one. */
  #batch(): Batch {
    const { link, batchMax } = this.#options;
    const open = this.#open;
    if (open && !open.call.sent && !open.call.ended && link.last === open.call) {
      const max = Math.min(batchMax, link.hello?.max_batch ?? BATCH_MAX_UNKNOWN);
      if (open.tuples.length < max && performance.now() - open.sinceMs < JOIN_MS_MAX) return open;
    }
    return (this.#open = this.#begin());
  }

  #begin(): Batch {
    const tuples: Tuple[] = [];
    const members: Member[] = [];
    const sinceMs = performance.now();
    const call = new Call(
      { op: BATCH, body: { transfers: tuples }, key: '' },
      sinceMs + this.#options.timeoutMs,
      (body) => this.#tell(members, (body as { readonly results: readonly number[] }).results),
      (error) => this.#fail(members, error),
    );
    this.#options.link.ask(call);
    return { call, tuples, members, sinceMs };
  }

  #tell(members: readonly Member[], numbers: readonly number[]): void {
    const { results } = this.#options;
    if (!results.areKnown(numbers)) {
      results.learn().then(
        () => this.#resolve(members, numbers),
        () => this.#resolve(members, numbers),
      );
      return;
    }
    this.#resolve(members, numbers);
  }

  #resolve(members: readonly Member[], numbers: readonly number[]): void {
    const { results, ended } = this.#options;
    for (const [index, { id, resolve }] of members.entries()) {
      ended();
      resolve(results.resultOf(id, numbers[index] ?? UNTOLD));
    }
  }

  #fail(members: readonly Member[], error: RefusedError | UnansweredError): void {
    for (const { id, reject } of members) {
      this.#options.ended();
      if (error instanceof RefusedError) reject(error);
      else reject(new UnansweredError(error.reason, error.outcome, id, error.cause));
    }
  }
}
