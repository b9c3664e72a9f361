// Gather actor. Brings money from an account's sub-accounts to the account itself: for a debit that needs it, or because the
// rule of crediting goes. Whoever needs it waits meanwhile and goes on afterwards, in the same turn.
//
// G1. Each sub-account that gives is an operation between two accounts and a fact of its own. G2. What was asked for is
// there, so nothing is refused; in an atomic batch it is taken back with the batch.

import type { Account } from '../src/domain/accounts.ts';
import type { Context } from '../src/domain/context.ts';
import type { Leg } from '../src/domain/facts.ts';
import { gatheringsOf, type Gathering } from '../src/domain/gathering.ts';
import { ALLOWED } from '../src/domain/refusals.ts';
import { NO_KEY } from './commands.ts';
import type { Desk } from './desk.ts';
import { Operation, type Requester, type Unit } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';
import { subAccountsOf } from './sub-accounts.ts';

export type Gather = {
  readonly context: Context;
  readonly unit: Unit | null;
  readonly account: Account;
  /** Minor units, at most what is there. */
  readonly amount: number;
  /** Called when all of it has come. */
  readonly over: () => void;
};

export class GatherCell extends Cell implements Requester {
  readonly #desk: Desk;
  readonly #gather: Gather;
  readonly #gatherings: readonly Gathering[];
  #at = 0;

  constructor(desk: Desk, gather: Gather) {
    super();
    this.#desk = desk;
    this.#gather = gather;
    this.#gatherings = gatheringsOf(subAccountsOf(desk, gather.account), gather.amount);
  }

  /** The next sub-account gives, or whoever waits goes on. */
  goOn(): void {
    const { context, unit, account, over } = this.#gather;
    const next = this.#gatherings[this.#at];
    if (!next) {
      over();
      return;
    }
    const begin = { context, keyed: NO_KEY, unit, requester: this };
    const operation = new Operation(begin, 'gathered', '', next.amount, account.currency, null);
    operation.ask(this.#desk, this, next.subAccount, account.id);
  }

  /** Both accounts have moved. */
  receive(message: Message): void {
    if (!(message instanceof Operation)) throw new Error(`a gathering cannot handle ${message.constructor.name}`);
    this.operationDone(message);
  }

  operationDone({ verdict, debit, credit, currency, amount }: Operation): void {
    const { context, account } = this.#gather;
    if (verdict !== ALLOWED)
      throw new Error(`account ${account.id} cannot have what is on its sub-accounts: ${verdict}`);
    this.#desk.emit({
      kind: 10,
      context,
      step: 'gathered',
      account: account.id,
      via: debit as Leg,
      to: credit as Leg,
      currency,
      amount,
      key: '',
      fingerprint: '',
    });
    this.#at += 1;
    this.goOn();
  }
}
