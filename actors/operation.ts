// Operation. One step of one transfer on its way: from whoever asked to the transfer, from there to the payee, the payer
// and the payee again, and back. It is in one mailbox at a time, so it is the only message that a transfer needs.

import type { Context } from '../src/domain/context.ts';
import type { Account, Step } from '../src/domain/accounts.ts';
import type { Leg, TransferFact } from '../src/domain/facts.ts';
import { ALLOWED, numberOf, type Verdict } from '../src/domain/refusals.ts';
import type { SettleRequest } from '../src/domain/transfers.ts';
import type { RequestKey } from './commands.ts';
import type { Desk } from './desk.ts';
import type { Cell } from './runtime/cell.ts';
import { Message } from './runtime/message.ts';

/** Where an operation stands. The credit account is asked first, because only the debit account can be short; of a
 * reversal it is the credit account that pays, and both are asked before either moves. */
export const PHASE = { begin: 0, admit: 1, debit: 2, credit: 3, moved: 4, done: 5 } as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

const ACCOUNT_NOT_FOUND = numberOf('account_not_found');

/** All operations of an atomic batch share one: who changed, so that all of it can be taken back. */
export type Unit = { readonly touched: Cell[] };

/** The end of an atomic batch: what it changed stays, or is taken back. */
export class UnitEnd extends Message {
  readonly kept: boolean;

  constructor(context: Context, kept: boolean) {
    super(context);
    this.kept = kept;
  }
}

/** Who is told the outcome. */
export type Requester = { readonly operationDone: (operation: Operation) => void };

/** A payee that is not itself credited at once: a view of it, and how long a credit waits, ms. */
export type Route = { readonly payee: Readonly<Account>; readonly delayMs: number };

/** Whom a transfer is for and who hears of it. */
export type Begin = {
  readonly context: Context;
  readonly keyed: RequestKey;
  readonly unit: Unit | null;
  readonly requester: Requester;
};

export class Operation extends Message {
  phase: Phase = PHASE.begin;
  verdict: Verdict = ALLOWED;
  /** A post becomes another step where the payee is not credited at once. */
  step: Step;
  /** What is asked of a hold; null for a new transfer. */
  readonly settle: SettleRequest | null;
  /** Id of this operation; '' when only its key names it. */
  readonly id: string;
  /** Minor units to move; for a settle or reversal 0 until the transfer knows what there is. */
  amount: number;
  /** Minor units asked of a hold; 0 for all that remains, and for a new transfer. */
  readonly requested: number;
  /** '' until the first account has said its own. */
  currency: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly unit: Unit | null;
  readonly #requester: Requester;
  /** The transfer that carries the operation out, and its accounts. */
  #order: Cell | null = null;
  #payer: Cell | null = null;
  #payee: Cell | null = null;
  debit: Leg | null = null;
  credit: Leg | null = null;
  /** What became of it; null when refused. */
  fact: TransferFact | null = null;
  /** By which way it is going, where the payee is not itself credited at once. */
  route: Route | null = null;

  constructor(begin: Begin, step: Step, id: string, amount: number, currency: string, settle: SettleRequest | null) {
    super(begin.context);
    this.step = step;
    this.settle = settle;
    this.id = id;
    this.amount = amount;
    this.requested = settle ? amount : 0;
    this.currency = currency;
    this.key = begin.keyed.key;
    this.fingerprint = begin.keyed.fingerprint;
    this.unit = begin.unit;
    this.#requester = begin.requester;
  }

  /** Sets out from `order` to the two accounts; comes back to it when both have moved or one has refused. */
  ask(desk: Desk, order: Cell, debit: string, credit: string): void {
    const { merchant } = this.context;
    this.#order = order;
    this.#payer = desk.accounts.find(merchant, debit);
    this.#payee = desk.accounts.find(merchant, credit);
    if (!this.#payer || !this.#payee) {
      this.verdict = ACCOUNT_NOT_FOUND;
      this.done();
      return;
    }
    this.#send(desk, this.#payee, PHASE.admit);
  }

  /** The payee would take it, but later or elsewhere: from now on the account `via` is credited in its stead. */
  divert(desk: Desk, step: 'buffered' | 'sent' | 'spread', via: string, route: Route): void {
    this.step = step;
    this.route = route;
    this.#payee = desk.accounts.find(this.context.merchant, via);
  }

  /** On to whoever is next. Both accounts are asked, for the first of their refusals is told; after one nobody moves. */
  goOn(desk: Desk): void {
    switch (this.phase) {
      case PHASE.admit:
        this.#send(desk, this.#payer, PHASE.debit);
        return;
      case PHASE.debit:
        if (this.verdict === ALLOWED) this.#send(desk, this.#payee, PHASE.credit);
        else this.#send(desk, this.#order, PHASE.moved);
        return;
      case PHASE.credit:
        this.#send(desk, this.#order, PHASE.moved);
        return;
      case PHASE.begin:
      case PHASE.moved:
      case PHASE.done:
        throw new Error(`an operation does not go on in phase ${this.phase}`);
    }
  }

  #send(desk: Desk, to: Cell | null, phase: Phase): void {
    if (!to) throw new Error('an operation has lost its way');
    this.phase = phase;
    desk.dispatcher.send(to, this);
  }

  /** Tells whoever asked. */
  done(): void {
    this.phase = PHASE.done;
    this.#requester.operationDone(this);
  }
}
