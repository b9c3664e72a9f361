// Operation. One step of one transfer on its way: from whoever asked, to the transfer, to its two accounts and back. It
// is in one mailbox at a time, so it is the only message that a transfer needs.

import type { Context } from '../src/domain/context.ts';
import type { Step } from '../src/domain/accounts.ts';
import type { Leg, TransferMoved } from '../src/domain/facts.ts';
import { ALLOWED, type Verdict } from '../src/domain/refusals.ts';
import type { SettleRequest } from '../src/domain/transfers.ts';
import type { Cell } from './runtime/cell.ts';
import { Message } from './runtime/message.ts';

/** Where an operation stands. The credit account is asked first, because only the debit account can be short. */
export const PHASE = { begin: 0, admit: 1, debit: 2, credit: 3, done: 4 } as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

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

export class Operation extends Message {
  phase: Phase = PHASE.begin;
  verdict: Verdict = ALLOWED;
  readonly step: Step;
  /** What is asked of a hold; null for a new transfer. */
  readonly settle: SettleRequest | null;
  /** Id of this operation; '' when only its key names it. */
  readonly id: string;
  /** Minor units to move; for a settle 0 until the transfer knows what remains. */
  amount: number;
  /** Minor units asked of a hold; 0 for all that remains, and for a new transfer. */
  readonly requested: number;
  /** '' until the first account has said its own. */
  currency: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly unit: Unit | null;
  readonly requester: Requester;
  /** The transfer that carries the operation out. */
  order: Cell | null = null;
  debit: Leg | null = null;
  credit: Leg | null = null;
  /** What became of it; null when refused. */
  fact: TransferMoved | null = null;

  constructor(context: Context, init: OperationInit) {
    super(context);
    this.step = init.step;
    this.settle = init.settle;
    this.id = init.id;
    this.amount = init.amount;
    this.requested = init.settle ? init.amount : 0;
    this.currency = init.currency;
    this.key = init.key;
    this.fingerprint = init.fingerprint;
    this.unit = init.unit;
    this.requester = init.requester;
  }
}

export type OperationInit = {
  readonly step: Step;
  readonly settle: SettleRequest | null;
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly unit: Unit | null;
  readonly requester: Requester;
};
