// Ledger model. What the engine promises, written a second time and as plainly as can be: maps, no actors, no journal,
// no disk. For every request it says what must be answered, and how many facts must come of it.
//
// M1. Nothing in here is taken from src or actors but the codes of refusals: what both have wrong nobody would notice.

import { REFUSALS, type Refusal } from '../../src/domain/refusals.ts';
import {
  isOpen,
  lowest,
  reasons,
  remaining,
  reverseReasons,
  settleReasons,
  type Made,
  type ModelAccount,
} from './ledger-reasons.ts';
import type { Batch, Change, Open, Request, Reverse, Settle, Transfer } from './ledger-requests.ts';

export const HOLD_SECONDS_DEFAULT = 600;

/** What must be answered: for a batch a result for each member, else one verdict. */
export type Outcome = { readonly results: readonly number[]; readonly replayed: boolean };

const DONE = 0;
const AGAIN = 4;

export class LedgerModel {
  readonly accounts = new Map<string, ModelAccount>();
  /** Facts so far. */
  facts = 0;
  #made = new Map<string, Made>();
  #settled = new Map<string, Settle>();
  readonly #keys = new Map<string, { readonly request: string; readonly outcome: Outcome }>();
  #unnamed = 0;

  /** `key`: '' for none. */
  apply(request: Request, key: string, nowMs: number): Outcome {
    const first = key === '' ? undefined : this.#keys.get(key);
    const text = JSON.stringify(request);
    if (first) return first.request === text ? { ...first.outcome, replayed: true } : refused('idempotency_key_reused');
    const outcome = this.#carryOut(request, nowMs);
    // A batch is remembered as soon as one of its transfers is there.
    const remembered = outcome.results.some((result) => result <= AGAIN);
    if (!remembered || key === '') return outcome;
    this.#keys.set(key, { request: text, outcome });
    // What a batch answered is a fact of its own, and so is the key of what was there already.
    if (request.do === 'batch' || outcome.replayed) this.facts += 1;
    return outcome;
  }

  /** Ends the holds that are due. */
  expire(nowMs: number): void {
    for (const hold of this.#made.values()) {
      if (!isOpen(hold) || hold.dueMs > nowMs) continue;
      this.#giveBack(hold, remaining(hold));
    }
  }

  /** Ids of holds that are open, oldest first. */
  openHolds(): string[] {
    return [...this.#made].flatMap(([id, made]) => (isOpen(made) ? [id] : []));
  }

  /** Ids of transfers that somebody named, oldest first. */
  named(): string[] {
    return [...this.#made.keys()].filter((id) => !id.startsWith('unnamed'));
  }

  #carryOut(request: Request, nowMs: number): Outcome {
    switch (request.do) {
      case 'batch':
        return { results: request.atomic ? this.#atomic(request, nowMs) : this.#each(request, nowMs), replayed: false };
      case 'open':
        return this.#open(request);
      case 'change':
        return this.#change(request);
      case 'reverse':
        return { results: [this.#reverse(request)], replayed: false };
      case 'transfer':
      case 'settle': {
        const result = this.#move(request, nowMs);
        return { results: [result === AGAIN || result < AGAIN ? DONE : result], replayed: result === AGAIN };
      }
    }
  }

  #each({ members }: Batch, nowMs: number): number[] {
    return members.map((member) => this.#move(member, nowMs));
  }

  #atomic({ members }: Batch, nowMs: number): number[] {
    const before = this.#copy();
    const results: number[] = [];
    for (const member of members) {
      const result = this.#move(member, nowMs);
      results.push(result);
      if (result <= AGAIN) continue;
      this.#restore(before);
      return members.map((_, index) => (index === results.length - 1 ? result : REFUSALS.batch_member_refused.number));
    }
    return results;
  }

  #move(request: Transfer | Settle, nowMs: number): number {
    return request.do === 'transfer' ? this.#transfer(request, nowMs) : this.#settle(request);
  }

  #open({ id, currency, creditLimit }: Open): Outcome {
    if (this.accounts.has(id)) return refused('account_exists');
    const nothing = { available: 0, held: 0, pending: 0, version: 1 };
    this.accounts.set(id, { currency, status: 'active', creditLimit, ...nothing });
    return this.#done();
  }

  #change({ id, status, creditLimit }: Change): Outcome {
    const account = this.accounts.get(id);
    if (!account) return refused('account_not_found');
    if (account.status === 'closed') return refused('account_closed');
    const isEmpty = account.available === 0 && account.held === 0 && account.pending === 0;
    if (status === 'closed' && !isEmpty) return refused('account_not_empty');
    account.status = status ?? account.status;
    account.creditLimit = creditLimit ?? account.creditLimit;
    account.version += 1;
    return this.#done();
  }

  #done(): Outcome {
    this.facts += 1;
    return { results: [DONE], replayed: false };
  }

  #transfer(request: Transfer, nowMs: number): number {
    const known = this.#made.get(request.id);
    if (request.id !== '' && known) return sameTransfer(known, request, this.accounts) ? AGAIN : different();
    if (this.#settled.has(request.id)) return different();
    const { debit, credit, amount, hold } = request;
    const [payer, payee] = [this.accounts.get(debit), this.accounts.get(credit)];
    if (!payer || !payee) return REFUSALS.account_not_found.number;
    const refusal = lowest([...reasons(request, payer, payee)]);
    if (refusal) return refusal;
    payer.available -= amount;
    if (hold) {
      payer.held += amount;
      payee.pending += amount;
    } else payee.available += amount;
    this.#count(payer, payee);
    const life = request.expiresInSeconds === 0 ? HOLD_SECONDS_DEFAULT : request.expiresInSeconds;
    const id = request.id === '' ? `unnamed ${++this.#unnamed}` : request.id;
    this.#made.set(id, {
      ...request,
      captured: 0,
      captures: 0,
      released: 0,
      dueMs: nowMs + life * 1000,
      reversed: false,
    });
    return hold ? 1 : 0;
  }

  #settle(request: Settle): number {
    const { id, step, amount } = request;
    const hold = this.#made.get(request.transfer);
    const known = this.#settled.get(id);
    if (id !== '' && known) return sameSettle(known, request, hold) ? AGAIN : different();
    if (this.#made.has(id)) return different();
    if (!hold) return REFUSALS.transfer_not_found.number;
    const [payer, payee] = [this.accounts.get(hold.debit), this.accounts.get(hold.credit)];
    if (!payer || !payee) throw new Error('a transfer without accounts');
    const refusal = lowest([...settleReasons(request, hold, payer, payee)]);
    if (refusal) return refusal;
    const moved = amount === 0 ? remaining(hold) : amount;
    if (step === 'voided') this.#giveBack(hold, moved);
    else {
      payer.held -= moved;
      payee.pending -= moved;
      payee.available += moved;
      hold.captured += moved;
      hold.captures += 1;
      this.#count(payer, payee);
    }
    if (id !== '') this.#settled.set(id, request);
    return step === 'captured' ? 2 : 3;
  }

  #reverse({ transfer }: Reverse): number {
    const made = this.#made.get(transfer);
    if (!made) return REFUSALS.transfer_not_found.number;
    const [payer, payee] = [this.accounts.get(made.debit), this.accounts.get(made.credit)];
    if (!payer || !payee) throw new Error('a transfer without accounts');
    const amount = made.hold ? made.captured : made.amount;
    const refusal = lowest([...reverseReasons(made, amount, payer, payee)]);
    if (refusal) return refusal;
    payer.available += amount;
    payee.available -= amount;
    made.reversed = true;
    this.#count(payer, payee);
    return DONE;
  }

  #giveBack(hold: Made, amount: number): void {
    const [payer, payee] = [this.accounts.get(hold.debit), this.accounts.get(hold.credit)];
    if (!payer || !payee) throw new Error('a hold without accounts');
    payer.held -= amount;
    payer.available += amount;
    payee.pending -= amount;
    hold.released += amount;
    this.#count(payer, payee);
  }

  /** A step is one fact, and one version of each of its accounts. */
  #count(payer: ModelAccount, payee: ModelAccount): void {
    payer.version += 1;
    payee.version += 1;
    this.facts += 1;
  }

  #copy(): Saved {
    const accounts = new Map([...this.accounts].map(([id, account]) => [id, { ...account }]));
    const made = new Map([...this.#made].map(([id, one]) => [id, { ...one }]));
    return { accounts, made, settled: new Map(this.#settled), facts: this.facts };
  }

  #restore({ accounts, made, settled, facts }: Saved): void {
    this.accounts.clear();
    for (const [id, account] of accounts) this.accounts.set(id, account);
    this.#made = made;
    this.#settled = settled;
    this.facts = facts;
  }
}

type Saved = {
  readonly accounts: Map<string, ModelAccount>;
  readonly made: Map<string, Made>;
  readonly settled: Map<string, Settle>;
  readonly facts: number;
};

function refused(code: Refusal): Outcome {
  return { results: [REFUSALS[code].number], replayed: false };
}

function different(): number {
  return REFUSALS.transfer_exists_with_different_content.number;
}

function sameTransfer(made: Made, asked: Transfer, accounts: ReadonlyMap<string, ModelAccount>): boolean {
  const sameCurrency = asked.currency === '' || asked.currency === accounts.get(made.debit)?.currency;
  const fields = ['debit', 'credit', 'amount', 'hold', 'expiresInSeconds'] as const;
  return sameCurrency && fields.every((field) => made[field] === asked[field]);
}

function sameSettle(first: Settle, asked: Settle, hold: Made | undefined): boolean {
  const same = first.transfer === asked.transfer && first.step === asked.step && first.amount === asked.amount;
  return same && isOrNone(asked.debit, hold?.debit) && isOrNone(asked.credit, hold?.credit);
}

function isOrNone(asked: string, actual: string | undefined): boolean {
  return asked === '' || asked === actual;
}
