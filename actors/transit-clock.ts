// Transit clock. Sends on what is on its way when its time has come.
//
// C1. One after the other: each is finished before the next begins. C2. Many in one message, as in a batch: taking turns
// with the batches of clients, one at a time would never come to an end.

import { isBuffer } from '../src/domain/crediting.ts';
import type { Context } from '../src/domain/context.ts';
import { clockContext } from './clock-context.ts';
import { DeliveryCell } from './delivery-cell.ts';
import type { Desk } from './desk.ts';
import { Cell } from './runtime/cell.ts';
import { Message } from './runtime/message.ts';
import { SumCell } from './sum-cell.ts';
import { transferNamed, type Waiting } from './transits.ts';

/** Sent on by one message: as much work as a batch of clients' is. */
const GO_ON_MAX = 1_000;

/** Timers that have run out. */
export class GoOn extends Message {
  readonly due: readonly Readonly<Waiting>[];

  constructor(context: Context, due: readonly Readonly<Waiting>[]) {
    super(context);
    this.due = due;
  }
}

export class TransitClock extends Cell {
  readonly #desk: Desk;
  #going: readonly Readonly<Waiting>[] = [];
  /** The one of them that is being sent on. */
  #at = 0;

  constructor(desk: Desk) {
    super();
    this.#desk = desk;
  }

  /** Sends itself what is due. */
  wake(nowMs: number): void {
    const { transits, dispatcher } = this.#desk;
    for (let due = transits.takeDue(nowMs, GO_ON_MAX); due.length > 0; due = transits.takeDue(nowMs, GO_ON_MAX)) {
      dispatcher.admit(this, new GoOn(clockContext(this.#desk, '', 'transit:due'), due));
    }
  }

  receive(message: Message): void {
    if (!(message instanceof GoOn)) throw new Error(`the transit clock cannot handle ${message.constructor.name}`);
    this.#going = message.due;
    this.#at = 0;
    this.#next();
  }

  readonly #next = (): void => {
    const waiting = this.#going[this.#at++];
    if (!waiting) return;
    const { merchant, id } = waiting;
    const context = clockContext(this.#desk, merchant, `transit:${id}`);
    if (isBuffer(id)) new SumCell(this.#desk, context, id, this.#next).begin();
    else this.#deliver(context, transferNamed(id));
  };

  #deliver(context: Context, transfer: string): void {
    const found = this.#desk.names.findTransfer(context.merchant, transfer);
    const fact = found?.fact;
    if (!found || fact?.kind !== 7 || fact.step !== 'sent') throw new Error(`transfer ${transfer} is not on its way`);
    const sent = { fact, timeMs: found.frame.timeMs, seq: found.frame.seq };
    new DeliveryCell(this.#desk, context, sent, this.#next).begin();
  }
}
