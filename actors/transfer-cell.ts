// Transfer actor. Owns one hold: asks its two accounts at each step, and states the fact when both have moved.
//
// P1. A fact is stated only after both sides moved, and both sides only move when neither refuses. P2. Of several
// refusals the first of the list is told, whichever side it comes from.

import type { DirectStep } from '../src/domain/accounts.ts';
import type { Context } from '../src/domain/context.ts';
import { FACT_KIND, type Leg, type TransferMoved } from '../src/domain/facts.ts';
import { ALLOWED } from '../src/domain/refusals.ts';
import { applySettle, refuseSettle, remaining, type Hold } from '../src/domain/transfers.ts';
import { Command } from './commands.ts';
import type { Desk } from './desk.ts';
import { Operation, PHASE, UnitEnd } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';

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
    if (operation.phase === PHASE.begin) this.#begin(operation);
    else if (operation.verdict === ALLOWED) this.#state(operation);
    else operation.done();
  }

  #begin(operation: Operation): void {
    const { settle } = operation;
    const { debit, credit } = this.transfer;
    if (settle) {
      // Refused or not, the accounts are asked as well: what they say may come before it (P2).
      operation.verdict = refuseSettle(this.transfer, settle);
      operation.amount = settle.amount === 0 ? remaining(this.transfer) : settle.amount;
    }
    operation.ask(this.#desk, this, debit, credit);
  }

  /** Both sides have moved: the transfer has, too. */
  #state(operation: Operation): void {
    this.#save(operation);
    const { transfer } = this;
    const { commit } = this.#desk;
    const previousSeq = transfer.version === 0 ? 0 : transfer.lastSeq;
    this.#apply(operation.step as DirectStep, operation.amount);
    operation.fact = this.#fact(operation, previousSeq);
    if (transfer.version === 1) {
      transfer.originSeq = commit.seq;
      transfer.createdAtMs = commit.timeMs;
    }
    transfer.lastSeq = commit.seq;
    this.#desk.emit(operation.fact);
    if (operation.step === 'held') this.#desk.transfers.opened(this);
    else if (operation.step !== 'posted') this.#desk.transfers.settled(this);
    operation.done();
  }

  #apply(step: DirectStep, amount: number): void {
    const { transfer } = this;
    transfer.version += 1;
    if (step === 'held' || step === 'posted') {
      transfer.status = step;
      if (step === 'held') transfer.expiresAtMs = this.#dueMs();
    } else if (step === 'reversed') {
      throw new Error('a reversal has an actor of its own');
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
      step: operation.step as DirectStep,
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
