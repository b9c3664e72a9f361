// Expiry actor. Ends open holds whose time has come: the remaining money goes back.

import type { Context } from '../src/domain/context.ts';
import { clockContext } from './clock-context.ts';
import { NO_KEY } from './commands.ts';
import type { Desk } from './desk.ts';
import type { Operation, Requester } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import { Message } from './runtime/message.ts';

/** A timer that has run out. One message a hold, so that each is finished before the next begins. */
export class ExpireHold extends Message {
  readonly transfer: string;

  constructor(context: Context, transfer: string) {
    super(context);
    this.transfer = transfer;
  }
}

export class ExpiryCell extends Cell implements Requester {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    super();
    this.#desk = desk;
  }

  /** Sends itself the holds that are due. */
  wake(nowMs: number): void {
    const { transfers, dispatcher } = this.#desk;
    for (let hold = transfers.takeDue(nowMs); hold; hold = transfers.takeDue(nowMs)) {
      const { merchant, id } = hold.transfer;
      dispatcher.admit(this, new ExpireHold(clockContext(this.#desk, merchant, `expiry:${id}`), id));
    }
  }

  receive(message: Message): void {
    if (!(message instanceof ExpireHold)) throw new Error(`expiry cannot handle ${message.constructor.name}`);
    const { context, transfer } = message;
    const request = { id: '', transfer, step: 'expired', amount: 0, debit: '', credit: '' } as const;
    // A hold that was settled meanwhile refuses, which is as it should be.
    this.#desk.transfers.settle(request, { context, keyed: NO_KEY, unit: null, requester: this });
  }

  /** Nobody waits for it. */
  operationDone(_operation: Operation): void {}
}
