// Account actor. Owns one account; nobody else changes it.
//
// A1. An operation visits it as payee (would I take the credit?), as payer (here is the debit) and as payee again (here
// is the credit). Nothing happens in between (dispatcher, D1), so what was admitted can be carried out.
// A2. What an atomic batch did to it can be taken back until the batch is kept.

import {
  applyCredit,
  applyDebit,
  refuseCapture,
  refuseChange,
  refuseCredit,
  refuseDebit,
  type Account,
} from '../src/domain/accounts.ts';
import { FACT_KIND, type Leg } from '../src/domain/facts.ts';
import { ALLOWED, firstOf, type Verdict } from '../src/domain/refusals.ts';
import { ChangeAccount, ReadAccount, type Command } from './commands.ts';
import type { Desk } from './desk.ts';
import type { ResidentAccount } from './resident-account.ts';
import { Operation, PHASE, UnitEnd } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';

/** Whether the state store has the account as it is. */
export type Residence = 'clean' | 'dirty' | 'writing';

export class AccountCell extends Cell {
  /** Read by others only as a copy (`Account` in a command). */
  readonly account: ResidentAccount;
  residence: Residence = 'clean';
  /** Somebody needed it since the passivation clock last came by. */
  used = true;
  readonly #desk: Desk;
  /** As it was before the atomic batch that is running now. */
  #saved: Account | null = null;

  constructor(desk: Desk, account: ResidentAccount) {
    super();
    this.#desk = desk;
    this.account = account;
  }

  receive(message: Message): void {
    this.used = true;
    if (message instanceof Operation) this.#operate(message);
    else if (message instanceof UnitEnd) this.#endUnit(message.kept);
    else this.#command(message as Command);
  }

  #operate(operation: Operation): void {
    switch (operation.phase) {
      case PHASE.admit:
        operation.verdict = firstOf(operation.verdict, this.#admit(operation));
        break;
      case PHASE.debit:
        operation.verdict = firstOf(operation.verdict, this.#refuseDebit(operation));
        if (operation.verdict === ALLOWED) operation.debit = this.#move(operation, applyDebit);
        break;
      case PHASE.credit:
        operation.credit = this.#move(operation, applyCredit);
        break;
      case PHASE.begin:
      case PHASE.moved:
      case PHASE.done:
        throw new Error(`an account cannot handle phase ${operation.phase}`);
    }
    operation.goOn(this.#desk);
  }

  /** The first account asked also says the currency, where the request left it open. */
  #admit(operation: Operation): Verdict {
    if (operation.currency === '') operation.currency = this.account.currency;
    const { step, amount, currency } = operation;
    if (step === 'posted' || step === 'held') return refuseCredit(this.account, amount, currency);
    if (step === 'reversed') return refuseDebit(this.account, amount, currency);
    return step === 'captured' ? refuseCapture(this.account) : ALLOWED;
  }

  #refuseDebit(operation: Operation): Verdict {
    const { step, amount, currency } = operation;
    if (step === 'posted' || step === 'held') return refuseDebit(this.account, amount, currency);
    if (step === 'reversed') return refuseCredit(this.account, amount, currency);
    return step === 'captured' ? refuseCapture(this.account) : ALLOWED;
  }

  #move(operation: Operation, apply: typeof applyDebit): Leg {
    if (operation.unit && !this.#saved) {
      this.#saved = this.account.copy();
      operation.unit.touched.push(this);
    }
    const { account } = this;
    this.#touch();
    apply(account, operation.step, operation.amount);
    return { account: account.id, version: account.version, available: account.available };
  }

  /** The account changes in the frame that gathers now. */
  #touch(): void {
    const { commit, accounts } = this.#desk;
    const { account } = this;
    account.updatedAtMs = commit.timeMs;
    account.lastSeq = commit.seq;
    accounts.changed(this);
  }

  #command(command: Command): void {
    if (command instanceof ReadAccount) command.account = this.account.copy();
    else if (command instanceof ChangeAccount) this.#change(command);
    else throw new Error(`an account cannot handle ${command.constructor.name}`);
    this.#desk.commit.after(command);
  }

  #change(command: ChangeAccount): void {
    const { account } = this;
    const { status = account.status, creditLimit = account.creditLimit, metadata = account.metadata } = command.request;
    command.verdict = refuseChange(account, status);
    if (command.verdict !== ALLOWED) return;
    this.#touch();
    account.status = status;
    account.creditLimit = creditLimit;
    account.metadata = metadata;
    account.version += 1;
    command.account = account.copy();
    this.#desk.emit({
      kind: FACT_KIND.accountChanged,
      context: command.context,
      ...command.keyed,
      account: account.id,
      version: account.version,
      status,
      creditLimit,
      metadata,
      fixed: [account.ordinal, account.currency, account.kind, account.createdAtMs],
      balances: [account.available, account.held, account.pending],
    });
  }

  #endUnit(kept: boolean): void {
    if (!kept && this.#saved) this.account.take(this.#saved);
    this.#saved = null;
  }
}
