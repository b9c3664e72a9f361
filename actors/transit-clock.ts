// Transit clock. Sends on what is on its way when its time has come: one message each, so that each is finished before
// the next begins.

import { isBuffer } from '../src/domain/crediting.ts';
import type { Context } from '../src/domain/context.ts';
import { DeliveryCell } from './delivery-cell.ts';
import type { Desk } from './desk.ts';
import { Cell } from './runtime/cell.ts';
import { Message } from './runtime/message.ts';
import { SumCell } from './sum-cell.ts';
import { transferNamed } from './transits.ts';

/** A timer that has run out. */
export class GoOn extends Message {
  /** A buffer, or a transfer by the name by which it waits. */
  readonly id: string;

  constructor(context: Context, id: string) {
    super(context);
    this.id = id;
  }
}

export class TransitClock extends Cell {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    super();
    this.#desk = desk;
  }

  /** Sends itself what is due. */
  wake(nowMs: number): void {
    const { transits, dispatcher } = this.#desk;
    for (let due = transits.takeDue(nowMs); due; due = transits.takeDue(nowMs)) {
      dispatcher.admit(this, new GoOn(clockContext(due.merchant, due.id), due.id));
    }
  }

  receive(message: Message): void {
    if (!(message instanceof GoOn)) throw new Error(`the transit clock cannot handle ${message.constructor.name}`);
    const { context, id } = message;
    if (isBuffer(id)) new SumCell(this.#desk, context, id).begin();
    else this.#deliver(context, transferNamed(id));
  }

  #deliver(context: Context, transfer: string): void {
    const found = this.#desk.names.findTransfer(context.merchant, transfer);
    const fact = found?.fact;
    if (!found || fact?.kind !== 7 || fact.step !== 'sent') throw new Error(`transfer ${transfer} is not on its way`);
    new DeliveryCell(this.#desk, context, { fact, timeMs: found.frame.timeMs, seq: found.frame.seq }).begin();
  }
}

function clockContext(merchant: string, id: string): Context {
  return { version: 1, merchant, origin: 'timer', requestId: `transit:${id}`, traceId: '', shadow: false };
}
