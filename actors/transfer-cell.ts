// Transfer actor. Owns one transfer: asks its two accounts, and states the fact when both have moved.
//
// P1. A fact is stated only after both sides moved, and both sides only move when neither refuses. P2. Of several
// refusals the first of the list is told, whichever side it comes from.

import type { Step } from '../src/domain/accounts.ts';
import type { Context } from '../src/domain/context.ts';
import { FACT_KIND, type Leg, type TransferMoved } from '../src/domain/facts.ts';
import { ALLOWED, numberOf, type Verdict } from '../src/domain/refusals.ts';
import { applySettle, refuseSettle, remaining, type Hold } from '../src/domain/transfers.ts';
import type { AccountCell } from './account-cell.ts';
import { Command } from './commands.ts';
import type { Desk } from './desk.ts';
import { Operation, PHASE, UnitEnd } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';

const ACCOUNT_NOT_FOUND = numberOf('account_not_found');

/** A transfer between its facts. */
export type TransferState = Hold & {
  readonly merchant: string;
  readonly id: string;
  version: number;
  readonly expiresInSeconds: number;
  expiresAtMs: number;
  createdAtMs: number;
  originSeq: number;
  lastSeq: number;
  readonly metadata: TransferMoved['metadata'];
};

/** Asks a transfer's actor what it holds. */
export class InspectTransfer extends Command {
  readonly id: string;
  transfer: TransferState | null = null;

  constructor(context: Context, id: string, reply: (command: InspectTransfer) => void) {
    super(context, reply);
    this.id = id;
  }
}

export class TransferCell extends Cell {
  readonly transfer: TransferState;
  readonly #desk: Desk;
  #payer: AccountCell | null = null;
  #payee: AccountCell | null = null;
  /** As it was before the atomic batch that is running now. */
  #saved: TransferState | null = null;

  constructor(desk: Desk, transfer: TransferState) {
    super();
    this.#desk = desk;
    this.transfer = transfer;
  }

  receive(message: Message): void {
    if (message instanceof Operation) this.#advance(message);
    else if (message instanceof UnitEnd) this.#endUnit(message.kept);
    else if (message instanceof InspectTransfer) this.#show(message);
    else throw new Error(`a transfer cannot handle ${message.constructor.name}`);
  }

  #advance(operation: Operation): void {
    switch (operation.phase) {
      case PHASE.begin:
        this.#begin(operation);
        return;
      case PHASE.admit:
        this.#ask(this.#payer, operation, PHASE.debit);
        return;
      case PHASE.debit:
        if (operation.verdict === ALLOWED) this.#ask(this.#payee, operation, PHASE.credit);
        else this.#done(operation, operation.verdict);
        return;
      case PHASE.credit:
        this.#state(operation);
        return;
      case PHASE.done:
        throw new Error('an operation is done only once');
    }
  }

  #begin(operation: Operation): void {
    const { settle } = operation;
    if (settle) {
      // Refused or not, the accounts are asked as well: what they say may come before it (P2).
      operation.verdict = refuseSettle(this.transfer, settle);
      operation.amount = settle.amount === 0 ? remaining(this.transfer) : settle.amount;
    }
    this.#findAccounts(operation);
  }

  #findAccounts(operation: Operation): void {
    const { accounts } = this.#desk;
    const { merchant, debit, credit } = this.transfer;
    this.#payer = accounts.find(merchant, debit);
    this.#payee = accounts.find(merchant, credit);
    if (!this.#payer || !this.#payee) this.#done(operation, ACCOUNT_NOT_FOUND);
    else this.#ask(this.#payee, operation, PHASE.admit);
  }

  #ask(account: AccountCell | null, operation: Operation, phase: typeof operation.phase): void {
    if (!account) throw new Error('an operation has lost its account');
    operation.phase = phase;
    operation.order = this;
    this.#desk.dispatcher.send(account, operation);
  }

  /** Both sides have moved: the transfer has, too. */
  #state(operation: Operation): void {
    this.#save(operation);
    const { transfer } = this;
    const { commit } = this.#desk;
    const previousSeq = transfer.version === 0 ? 0 : transfer.lastSeq;
    this.#apply(operation.step, operation.amount);
    operation.fact = this.#fact(operation, previousSeq);
    if (transfer.version === 1) {
      transfer.originSeq = commit.seq;
      transfer.createdAtMs = commit.timeMs;
    }
    transfer.lastSeq = commit.seq;
    this.#desk.emit(operation.fact);
    if (operation.step === 'held') this.#desk.transfers.opened(this);
    else if (operation.step !== 'posted') this.#desk.transfers.settled(this);
    this.#done(operation, ALLOWED);
  }

  #apply(step: Step, amount: number): void {
    const { transfer } = this;
    transfer.version += 1;
    if (step === 'held' || step === 'posted') {
      transfer.status = step;
      if (step === 'held') transfer.expiresAtMs = this.#dueMs();
    } else {
      applySettle(transfer, step, amount);
    }
  }

  #dueMs(): number {
    const { expiresInSeconds } = this.transfer;
    const seconds = expiresInSeconds === 0 ? this.#desk.limits.holdExpiryDefaultSeconds : expiresInSeconds;
    return this.#desk.commit.timeMs + seconds * 1000;
  }

  /** Call before `originSeq` and `createdAtMs` are set: in its first fact a transfer has neither. */
  #fact(operation: Operation, previousSeq: number): TransferMoved {
    const { transfer } = this;
    return {
      kind: FACT_KIND.transferMoved,
      context: operation.context,
      key: operation.key,
      fingerprint: operation.fingerprint,
      step: operation.step,
      id: operation.id,
      debit: operation.debit as Leg,
      credit: operation.credit as Leg,
      currency: operation.currency,
      amount: transfer.amount,
      transfer: transfer.id,
      moved: operation.amount,
      captured: transfer.captured,
      released: transfer.released,
      status: transfer.status,
      version: transfer.version,
      expiresAtMs: transfer.expiresAtMs,
      expiresInSeconds: transfer.expiresInSeconds,
      requested: operation.requested,
      createdAtMs: transfer.createdAtMs,
      originSeq: transfer.originSeq,
      previousSeq,
      metadata: transfer.metadata,
    };
  }

  #done(operation: Operation, verdict: Verdict): void {
    operation.phase = PHASE.done;
    operation.verdict = verdict;
    this.#payer = null;
    this.#payee = null;
    operation.requester.operationDone(operation);
  }

  #save(operation: Operation): void {
    if (!operation.unit || this.#saved) return;
    this.#saved = { ...this.transfer };
    operation.unit.touched.push(this);
  }

  #show(command: InspectTransfer): void {
    command.transfer = { ...this.transfer };
    this.#desk.commit.after(command);
  }

  #endUnit(kept: boolean): void {
    if (!kept && this.#saved) {
      Object.assign(this.transfer, this.#saved);
      this.#desk.transfers.restored(this);
    }
    this.#saved = null;
  }
}
