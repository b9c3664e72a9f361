// Client. What an application holds: all operations of the API as methods, over one WebSocket and HTTP.
//
// K1. Every call ends: it resolves with what was asked for, or rejects with a RefusedError (the server said no) or an
// UnansweredError (nobody knows, or it was never sent: `outcome` says which). Only `transfer()` tells a refusal as a value.
// K2. What is sent again is sent under the same id or key, so nothing happens twice.

import { Caller } from './caller.ts';
import { fullOptions, type ClientOptions } from './client-options.ts';
import type { MakeSocket } from './connection.ts';
import { Accounts, Transfers, tupleOf } from './money-resources.ts';
import { Events, Ledger, Reconciliation, Refusals, Webhooks } from './office-resources.ts';
import { Orders, Payments, Refunds, TopUps, Trades, Withdrawals } from './order-resources.ts';
import type { Subscription, SubscribeOptions } from './subscription.ts';
import type { SingleTransfer, Topic, TransferResult } from './transfer-types.ts';

export class FlorinClient {
  readonly accounts: Accounts;
  readonly transfers: Transfers;
  readonly topups: TopUps;
  readonly withdrawals: Withdrawals;
  readonly trades: Trades;
  readonly payments: Payments;
  readonly refunds: Refunds;
  readonly orders: Orders;
  readonly events: Events;
  readonly webhooks: Webhooks;
  readonly reconciliation: Reconciliation;
  readonly ledger: Ledger;
  readonly refusals: Refusals;
  readonly #caller: Caller;
  readonly #name: () => string;

  /** `makeSocket`: how WebSockets are made here. Use `connect` of `florin/client`, which knows. */
  constructor(options: ClientOptions, makeSocket: MakeSocket) {
    const caller = new Caller(fullOptions(options), makeSocket);
    this.#caller = caller;
    this.#name = () => caller.names.next();
    this.accounts = new Accounts(caller);
    this.transfers = new Transfers(caller);
    this.topups = new TopUps(caller);
    this.withdrawals = new Withdrawals(caller);
    this.trades = new Trades(caller);
    this.payments = new Payments(caller);
    this.refunds = new Refunds(caller);
    this.orders = new Orders(caller);
    this.events = new Events(caller);
    this.webhooks = new Webhooks(caller);
    this.reconciliation = new Reconciliation(caller);
    this.ledger = new Ledger(caller);
    this.refusals = new Refusals(caller);
    caller.connect();
  }

  /**
   * One transfer, hold, capture or void. Those of one turn of the event loop travel together and take effect in the order
   * of the calls. A refusal is a value here. Rejects only where the batch as a whole has no answer, or may not be sent.
   */
  transfer(transfer: SingleTransfer): Promise<TransferResult> {
    return this.#caller.transfer(tupleOf(transfer, this.#name));
  }

  /**
   * The events of a topic, from `after` or from now on, over any number of connections. Resolves when the server has it.
   * @throws Error for a topic that is subscribed to already
   */
  subscribe(topic: Topic, options: SubscribeOptions = {}): Promise<Subscription> {
    return this.#caller.subscriptions.begin(topic, options);
  }

  /** Calls without an answer. */
  get pending(): number {
    return this.#caller.room.taken;
  }

  /** Resolves when another call can be made: for producers that do not wait for their answers. */
  ready(): Promise<void> {
    return this.#caller.room.free();
  }

  /** Takes no more calls, and resolves when those there are have ended. */
  close(): Promise<void> {
    return this.#caller.close();
  }

  /** Ends at once; calls without an answer reject. */
  destroy(): void {
    this.#caller.destroy();
  }
}
