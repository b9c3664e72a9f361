// A load whose every operation is known by an id, so that after a crash each can be asked for: what was acknowledged
// must be there, and what was not may be, but only once.
//
// L1. An operation is acknowledged when its answer came; it is then in the books, for ever. L2. What was sent and not
// answered is open until `settle` has found out. L3. All operations can be carried out, in whatever part of them the
// crash let through: accounts have no limit, and captures and voids of a hold never take more than it has.

import type { Random } from '../../../loadtest/bench/random.ts';
import { Books, resultOf, tupleOf, type Kind, type Operation } from './books.ts';
import type { Answer, Body, Client } from './client.ts';

/** One request; `answer` is the body of the first one, for those that are asked again by themselves. */
type Request = {
  readonly op: string;
  readonly body: Body;
  readonly key?: string;
  readonly operations: readonly Operation[];
  answer: string;
};

type Hold = { readonly operation: Operation; left: number };

/** Requests in flight: enough for the next frame to gather while one is written. */
const WINDOW = 24;
const BATCH_MAX = 24;
const AMOUNT_MAX = 1_000;
/** Open holds that captures and voids are drawn from. */
const HOLDS_MAX = 200;
/** Requests asked again at a time; half of the credit of a connection. */
const CHUNK = 1_000;
const ALREADY_THERE = 4;

export class Load {
  readonly books = new Books();
  /** Operations in the order of their acknowledgement. */
  readonly acknowledged: Operation[] = [];
  /** Acknowledged single requests: asked again they are answered as before, byte for byte. */
  readonly singles: Request[] = [];
  /** Operations that were carried out though their answer was lost. */
  doneUnanswered = 0;
  unanswered = 0;
  #open: Request[] = [];
  #holds: Hold[] = [];
  /** Holds that turned out not to exist. */
  readonly #lost = new Set<string>();
  #next = 0;
  readonly #random: Random;
  readonly #accounts: readonly string[];

  constructor(random: Random, accounts: number) {
    this.#random = random;
    this.#accounts = Array.from({ length: accounts }, (_, number) => `account:${number}`);
  }

  async openAccounts(client: Client): Promise<void> {
    for (const id of this.#accounts) {
      await client.ask('accounts.create', { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
      this.books.open(id);
    }
  }

  /** Sends until the connection is lost. @throws Error when anything is refused. */
  async run(client: Client): Promise<void> {
    const sender = async (): Promise<void> => {
      while (!client.lost) {
        const request = this.#draw();
        this.#take(request, await client.request(request.op, request.body, request.key));
      }
    };
    await Promise.all(Array.from({ length: WINDOW }, sender));
  }

  /** Finds out what became of the requests that were not answered. */
  async settle(client: Client): Promise<void> {
    const open = this.#open;
    this.#open = [];
    for (const request of open) this.unanswered += request.operations.length;
    await Promise.all(open.map((request) => this.#settleOne(client, request)));
    this.#holds = this.#holds.filter(({ operation }) => !this.#lost.delete(operation.id));
  }

  /** Sends operations again; those that are not answered with "the same was there already". */
  async missing(client: Client, operations: readonly Operation[]): Promise<string[]> {
    const missing: string[] = [];
    for (let from = 0; from < operations.length; from += CHUNK) {
      const chunk = operations.slice(from, from + CHUNK);
      const { results } = await client.ask('transfers.batch', { transfers: chunk.map(tupleOf) });
      chunk.forEach(({ id, kind }, at) => {
        const result = (results as readonly number[])[at];
        if (result !== ALREADY_THERE) missing.push(`${kind} ${id}: ${result}`);
      });
    }
    return missing;
  }

  /** Asks single requests again; those that are answered in another way than at first. */
  async changed(client: Client, requests: readonly Request[]): Promise<string[]> {
    const changed: string[] = [];
    for (let from = 0; from < requests.length; from += CHUNK) {
      const chunk = requests.slice(from, from + CHUNK);
      await Promise.all(
        chunk.map(async ({ op, body, key, answer }) => {
          const again = JSON.stringify(await client.request(op, body, key).then(bodyOf));
          if (again !== answer) changed.push(`${op} ${key ?? ''}: ${again}, at first ${answer}`);
        }),
      );
    }
    return changed;
  }

  /** Balances of all accounts as the server has them. */
  async balances(client: Client): Promise<Map<string, { posted: number; held: number; pending: number }>> {
    const read = this.#accounts.map(async (id) => {
      const { available, held, pending } = await client.ask('accounts.get', { id });
      return [id, { posted: Number(available) + Number(held), held: Number(held), pending: Number(pending) }] as const;
    });
    return new Map(await Promise.all(read));
  }

  #take(request: Request, answer: Answer | null): void {
    if (answer === null) {
      this.#open.push(request);
      return;
    }
    if (!answer.ok) throw new Error(`${request.op} was refused: ${answer.error.code}`);
    const results = request.op === 'transfers.batch' ? (answer.body['results'] as readonly number[]) : null;
    request.operations.forEach((operation, at) => {
      const result = results?.[at] ?? resultOf(operation);
      if (result !== resultOf(operation)) throw new Error(`${operation.kind} ${operation.id} got ${result}`);
      this.books.book(operation);
      // One under a key has no id that a batch could repeat.
      if (request.key === undefined) this.acknowledged.push(operation);
    });
    if (results !== null) return;
    request.answer = JSON.stringify(answer.body);
    this.singles.push(request);
  }

  async #settleOne(client: Client, request: Request): Promise<void> {
    if (request.key !== undefined) {
      // What happened under a key is learnt by asking again; where nothing had, it happens now.
      const answer = await client.request(request.op, request.body, request.key);
      if (answer?.ok === true) this.#take(request, answer);
      else if (answer?.error.code !== 'transfer_not_found') throw new Error(`${request.op}: ${answer?.error.code}`);
      return;
    }
    for (const operation of request.operations) {
      const answer = await client.request('transfers.get', { id: operation.id });
      if (answer === null) throw new Error('the connection ended');
      if (answer.ok) {
        this.books.book(operation);
        this.acknowledged.push(operation);
        this.doneUnanswered += 1;
      } else if (answer.error.code !== 'transfer_not_found') {
        throw new Error(`transfers.get: ${answer.error.code}`);
      } else if (operation.kind === 'hold') this.#lost.add(operation.id);
    }
  }

  #draw(): Request {
    const way = this.#random.below(10);
    if (way < 5) {
      const operations = Array.from({ length: 1 + this.#random.below(BATCH_MAX) }, () => this.#operation());
      return { op: 'transfers.batch', body: { transfers: operations.map(tupleOf) }, operations, answer: '' };
    }
    const operation = way < 8 ? this.#transfer(way === 7) : this.#operation();
    const { id, kind, debit, credit, amount, ref } = operation;
    if (kind === 'capture' || kind === 'void') {
      return { op: `transfers.${kind}`, body: { id: ref, amount }, key: id, operations: [operation], answer: '' };
    }
    const body = { id, debit_account: debit, credit_account: credit, amount, hold: kind === 'hold' };
    return { op: 'transfers.create', body, operations: [operation], answer: '' };
  }

  #operation(): Operation {
    const draw = this.#random.below(10);
    const hold = draw < 5 ? this.#holds[this.#random.below(this.#holds.length || 1)] : undefined;
    return hold === undefined ? this.#transfer(draw > 7) : this.#settlement(hold, draw === 0 ? 'void' : 'capture');
  }

  #transfer(held: boolean): Operation {
    const count = this.#accounts.length;
    const debit = this.#random.below(count);
    const credit = (debit + 1 + this.#random.below(count - 1)) % count;
    const operation: Operation = {
      id: `op:${this.#next++}`,
      kind: held ? 'hold' : 'post',
      debit: this.#accounts[debit] ?? '',
      credit: this.#accounts[credit] ?? '',
      amount: 1 + this.#random.below(AMOUNT_MAX),
      ref: '',
    };
    if (held) this.#holds.push({ operation, left: operation.amount });
    if (this.#holds.length > HOLDS_MAX) this.#holds.shift();
    return operation;
  }

  /** Part of a hold or all that is left of it. */
  #settlement(hold: Hold, kind: Kind): Operation {
    const amount = this.#random.below(2) === 0 ? hold.left : 1 + this.#random.below(hold.left);
    hold.left -= amount;
    if (hold.left === 0) this.#holds = this.#holds.filter((other) => other !== hold);
    const { debit, credit, id: ref } = hold.operation;
    return { id: `op:${this.#next++}`, kind, debit, credit, amount, ref };
  }
}

function bodyOf(answer: Answer | null): unknown {
  return answer?.ok === true ? answer.body : answer;
}
