// Account actor. Owns one account; nobody else changes it.
//
// A1. An operation visits it as payee (would I take the credit?), as payer (here is the debit) and as payee again (here
// is the credit). Nothing happens in between (dispatcher, D1), so what was admitted can be carried out.
// A2. What an atomic batch did to it can be taken back until the batch is kept. A3. A debit that needs what lies on its
// sub-accounts is judged with it and waits until it is here; what is refused gathers nothing.

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
import { lackingFor } from '../src/domain/gathering.ts';
import { applyLine } from '../src/domain/posting-lines.ts';
import { ALLOWED, firstOf, type Verdict } from '../src/domain/refusals.ts';
import { changeFact } from './account-facts.ts';
import { ChangeAccount, ReadAccount, type ChangeRequest, type Command } from './commands.ts';
import type { Desk } from './desk.ts';
import { GatherCell } from './gather-cell.ts';
import type { ResidentAccount } from './resident-account.ts';
import { besideFor, bufferedFor, onTheWayTo, provideFor, refuseRule, viewOf } from './on-the-way.ts';
import { Operation, PHASE, UnitEnd } from './operation.ts';
import { Posting } from './posting.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';
import { asideOf, legOf, spreadOf } from './sub-accounts.ts';

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
  /** Credits that went to its sub-accounts since it came into memory: whose turn it is follows from it. */
  #spreads = 0;

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
        if (operation.verdict === ALLOWED) {
          if (this.#gathersFor(operation)) return;
          operation.debit = this.#move(operation, applyDebit);
        }
        break;
      case PHASE.credit:
        if (this.#gathersFor(operation)) return;
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
    if (step === 'reversed') return refuseDebit(this.account, amount, currency, this.#spread());
    if (step === 'captured') return refuseCapture(this.account);
    return this.#admitLater(operation);
  }

  /**
   * What has gathered, or lies on sub-accounts, counts as if it were here already, so that the sum never overflows. Holds
   * are not diverted.
   */
  #admitByRule(operation: Operation, crediting: Crediting): Verdict {
    const { account } = this;
    const { step, amount, currency } = operation;
    const verdict = refuseCredit(account, amount + besideFor(this.#desk, account), currency);
    if (verdict === ALLOWED && step === 'posted') this.#divert(operation, crediting);
    return verdict;
  }

  #divert(operation: Operation, crediting: Crediting): void {
    const { account } = this;
    const route = { payee: account, delayMs: crediting.delayMs };
    switch (crediting.way) {
      case 'direct':
        return;
      case 'buffered':
        operation.divert(this.#desk, 'buffered', onTheWay(crediting), route);
        return;
      case 'segmented':
        operation.divert(this.#desk, 'sent', onTheWay(crediting), route);
        return;
      case 'spread':
        operation.divert(this.#desk, 'spread', this.#nextSubAccount(crediting), route);
    }
  }

  #nextSubAccount({ subAccounts, spreadOver }: Crediting): string {
    return subAccounts[this.#spreads++ % spreadOver] as string;
  }

  /** Of money that has left its payer already, or that only goes back. */
  #admitLater({ step, amount, currency }: Operation): Verdict {
    const { account } = this;
    switch (step) {
      case 'applied':
        return refuseCredit(account, amount + spreadOf(this.#desk, account), currency);
      case 'delivered':
      case 'parked':
        return refuseCredit(account, amount + besideFor(this.#desk, account), currency);
      case 'returned':
        return refuseReturn(account, amount + besideFor(this.#desk, account));
      case 'voided':
      case 'expired':
      // It is this account's already.
      case 'gathered':
        return ALLOWED;
      case 'posted':
      case 'held':
      case 'captured':
      case 'reversed':
      case 'buffered':
      case 'sent':
      case 'spread':
        throw new Error(`an account does not admit ${step} later`);
    }
  }

  #refuseDebit(operation: Operation): Verdict {
    const { step, amount, currency } = operation;
    if (step === 'posted' || step === 'held' || operation.route) {
      return refuseDebit(this.account, amount, currency, this.#spread());
    }
    if (step === 'reversed') {
      return refuseCredit(this.account, amount + besideFor(this.#desk, this.account), currency);
    }
    return step === 'captured' ? refuseCapture(this.account) : ALLOWED;
  }

  /** Minor units on its sub-accounts; most accounts have none, and their payments do not look for any. */
  #spread(): number {
    return this.account.crediting === null ? 0 : spreadOf(this.#desk, this.account);
  }

  /** True when the operation waits for money from the sub-accounts, and comes again with it. */
  #gathersFor(operation: Operation): boolean {
    const { account } = this;
    if (account.crediting === null || !takesAvailable(operation)) return false;
    const amount = lackingFor(account, operation.amount);
    if (amount <= 0) return false;
    const { context, unit } = operation;
    const over = (): void => this.#desk.dispatcher.send(this, operation);
    new GatherCell(this.#desk, { context, unit, account, amount, over }).goOn();
    return true;
  }

  #move(operation: Operation, apply: typeof applyDebit): Leg {
    if (operation.unit && !this.#saved) {
      this.#saved = this.account.copy();
      operation.unit.touched.push(this);
    }
    const { account } = this;
    this.#touch();
    apply(account, operation.step, operation.amount);
    if (account.crediting !== null) return legOf(this.#desk, account);
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
      if (this.#gathersForLine(posting)) return;
      posting.ask(account);
    }
    posting.goOn(this.#desk);
  }

  /** What is on sub-accounts is brought here first, where the line needs it; the posting then comes again. */
  #gathersForLine(posting: Posting): boolean {
    const { account } = this;
    const { action, amount: wanted } = posting.line;
    if (account.crediting === null || (action !== 'debit' && action !== 'hold')) return false;
    const amount = lackingFor(account, wanted);
    if (amount <= 0 || amount > spreadOf(this.#desk, account)) return false;
    const over = (): void => this.#desk.dispatcher.send(this, posting);
    new GatherCell(this.#desk, { context: posting.context, unit: null, account, amount, over }).goOn();
    return true;
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
    else if (command instanceof ChangeAccount) {
      if (this.#gathersBefore(command)) return;
      if (command.verdict === ALLOWED) this.#change(command);
    } else throw new Error(`an account cannot handle ${command.constructor.name}`);
    this.#desk.commit.after(command);
  }

  /** Judges a change. True when it waits until all is here that lies on sub-accounts, and comes again then. */
  #gathersBefore(command: ChangeAccount): boolean {
    const { account } = this;
    const { context, request } = command;
    const crediting = ruleAfter(account, request);
    const amount = spreadOf(this.#desk, account);
    command.verdict = refuseChange(account, request.status ?? account.status, bufferedFor(this.#desk, account), amount);
    if (command.verdict === ALLOWED && crediting) command.verdict = refuseRule(this.#desk, account, crediting);
    if (command.verdict !== ALLOWED || amount === 0) return false;
    // As many sub-accounts or more go on as they are.
    const goesOn = request.status !== 'closed' && (crediting?.spreadOver ?? 0) >= (account.crediting?.spreadOver ?? 0);
    if (goesOn) return false;
    const over = (): void => this.#desk.dispatcher.send(this, command);
    new GatherCell(this.#desk, { context, unit: null, account, amount, over }).goOn();
    return true;
  }

  /** What was judged before is not refused. */
  #change(command: ChangeAccount): void {
    const { account } = this;
    const { status = account.status, creditLimit = account.creditLimit, metadata = account.metadata } = command.request;
    const crediting = ruleAfter(account, command.request);
    if (crediting) provideFor(this.#desk, account, crediting, command.context);
    this.#touch();
    account.status = status;
    account.creditLimit = creditLimit;
    account.metadata = metadata;
    account.crediting = crediting;
    account.version += 1;
    command.account = viewOf(this.#desk, account);
    const onItsWay = onTheWayTo(this.#desk, account);
    this.#desk.emit(changeFact(account, command.context, command.keyed, onItsWay, asideOf(this.#desk, account)));
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
  return creditingOf(id, asked.way, asked.delayMs, asked.spreadOver, crediting?.subAccounts.length);
}

/** Of a reversal the credit account pays, and when it is its turn the other has its money already. */
function takesAvailable({ phase, step, route }: Operation): boolean {
  if (phase === PHASE.credit) return step === 'reversed';
  return step === 'posted' || step === 'held' || route !== null;
}
