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
  refuseReturn,
  type Account,
} from '../src/domain/accounts.ts';
import { creditingOf, onTheWay, type Crediting } from '../src/domain/crediting.ts';
import type { Leg } from '../src/domain/facts.ts';
import { applyLine } from '../src/domain/posting-lines.ts';
import { ALLOWED, firstOf, type Verdict } from '../src/domain/refusals.ts';
import { changeFact } from './account-facts.ts';
import { ChangeAccount, ReadAccount, type ChangeRequest, type Command } from './commands.ts';
import type { Desk } from './desk.ts';
import type { ResidentAccount } from './resident-account.ts';
import { bufferedFor, onTheWayTo, provideFor, refuseRule, viewOf } from './on-the-way.ts';
import { Operation, PHASE, UnitEnd } from './operation.ts';
import { Posting } from './posting.ts';
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
    else if (message instanceof Posting) this.#post(message);
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
    const { crediting } = this.account;
    if (step === 'posted' || step === 'held') {
      if (crediting !== null) return this.#admitByRule(operation, crediting);
      return refuseCredit(this.account, amount, currency);
    }
    if (step === 'reversed') return refuseDebit(this.account, amount, currency);
    if (step === 'captured') return refuseCapture(this.account);
    return this.#admitLater(operation);
  }

  /** What has gathered counts as if it were here already, so that its sum never overflows. Holds are not diverted. */
  #admitByRule(operation: Operation, crediting: Crediting): Verdict {
    const { account } = this;
    const { step, amount, currency } = operation;
    const verdict = refuseCredit(account, amount + bufferedFor(this.#desk, account), currency);
    if (verdict !== ALLOWED || step !== 'posted' || crediting.way === 'direct') return verdict;
    const { id, version, available } = account;
    const route = { payee: { account: id, version, available }, delayMs: crediting.delayMs };
    operation.divert(this.#desk, crediting.way === 'buffered' ? 'buffered' : 'sent', onTheWay(crediting), route);
    return ALLOWED;
  }

  /** Of money that has left its payer already, or that only goes back. */
  #admitLater({ step, amount, currency }: Operation): Verdict {
    const { account } = this;
    switch (step) {
      case 'applied':
        return refuseCredit(account, amount, currency);
      case 'delivered':
      case 'parked':
        return refuseCredit(account, amount + bufferedFor(this.#desk, account), currency);
      case 'returned':
        return refuseReturn(account, amount + bufferedFor(this.#desk, account));
      case 'voided':
      case 'expired':
        return ALLOWED;
      case 'posted':
      case 'held':
      case 'captured':
      case 'reversed':
      case 'buffered':
      case 'sent':
        throw new Error(`an account does not admit ${step} later`);
    }
  }

  #refuseDebit(operation: Operation): Verdict {
    const { step, amount, currency } = operation;
    if (step === 'posted' || step === 'held' || operation.route) return refuseDebit(this.account, amount, currency);
    if (step === 'reversed') {
      return refuseCredit(this.account, amount + bufferedFor(this.#desk, this.account), currency);
    }
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

  /** A line of a voucher: an order does not go by a rule of crediting. */
  #post(posting: Posting): void {
    const { account } = this;
    if (posting.isMoving) {
      this.#touch();
      applyLine(account, posting.line);
      posting.move(account);
    } else {
      posting.ask(account);
    }
    posting.goOn(this.#desk);
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
    if (command instanceof ReadAccount) command.account = viewOf(this.#desk, this.account);
    else if (command instanceof ChangeAccount) this.#change(command);
    else throw new Error(`an account cannot handle ${command.constructor.name}`);
    this.#desk.commit.after(command);
  }

  #change(command: ChangeAccount): void {
    const { account } = this;
    const { status = account.status, creditLimit = account.creditLimit, metadata = account.metadata } = command.request;
    const crediting = ruleAfter(account, command.request);
    command.verdict = refuseChange(account, status, bufferedFor(this.#desk, account));
    if (command.verdict === ALLOWED && crediting) command.verdict = refuseRule(this.#desk, account, crediting);
    if (command.verdict !== ALLOWED) return;
    if (crediting) provideFor(this.#desk, account, crediting, command.context);
    this.#touch();
    account.status = status;
    account.creditLimit = creditLimit;
    account.metadata = metadata;
    account.crediting = crediting;
    account.version += 1;
    command.account = viewOf(this.#desk, account);
    this.#desk.emit(changeFact(account, command.context, command.keyed, onTheWayTo(this.#desk, account)));
  }

  #endUnit(kept: boolean): void {
    if (!kept && this.#saved) this.account.take(this.#saved);
    this.#saved = null;
  }
}

/** Nobody needs to say that credits are direct; who had another rule says so for ever. */
function ruleAfter({ id, crediting }: Account, request: ChangeRequest): Crediting | null {
  const asked = request.crediting;
  if (!asked || (asked.way === 'direct' && crediting === null)) return crediting;
  return creditingOf(id, asked.way, asked.delayMs);
}
