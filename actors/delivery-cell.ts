// Delivery actor. Takes one transfer from transit to its end: to the payee, else back to the payer, else into suspense.
//
// E1. It ends in exactly one of the three, and the fact says which and why. E2. While even the suspense does not take it,
// it stays on its way and is tried again.

import type { Context } from '../src/domain/context.ts';
import { PARKING_RETRY_MS, suspenseOf } from '../src/domain/crediting.ts';
import type { Leg, TransferRouted } from '../src/domain/facts.ts';
import { ALLOWED, type Verdict } from '../src/domain/refusals.ts';
import { NO_KEY } from './commands.ts';
import type { Desk } from './desk.ts';
import { Operation, type Requester } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';
import { transitName } from './transits.ts';

/** The fact by which it set out, and the frame that has it. */
export type Sent = { readonly fact: TransferRouted; readonly timeMs: number; readonly seq: number };

type End = 'delivered' | 'returned' | 'parked';

export class DeliveryCell extends Cell implements Requester {
  readonly #desk: Desk;
  readonly #context: Context;
  readonly #sent: Sent;
  readonly #over: () => void;
  #end: End = 'delivered';
  /** Why the payee does not take it. */
  #reason: Verdict = ALLOWED;

  /** `over` is called when it has ended, or has been put off. */
  constructor(desk: Desk, context: Context, sent: Sent, over: () => void) {
    super();
    this.#desk = desk;
    this.#context = context;
    this.#sent = sent;
    this.#over = over;
  }

  begin(): void {
    this.#ask('delivered', this.#sent.fact.credit.account);
  }

  /** Both accounts have moved, or one of them has refused. */
  receive(message: Message): void {
    if (!(message instanceof Operation)) throw new Error(`a delivery cannot handle ${message.constructor.name}`);
    this.operationDone(message);
  }

  operationDone(operation: Operation): void {
    if (operation.verdict === ALLOWED) {
      this.#state(operation);
      return;
    }
    if (this.#reason === ALLOWED) this.#reason = operation.verdict;
    this.#elsewhere();
  }

  #elsewhere(): void {
    const { context, debit, transfer, currency } = this.#sent.fact;
    switch (this.#end) {
      case 'delivered':
        this.#ask('returned', debit.account);
        return;
      case 'returned':
        this.#ask('parked', suspenseOf(currency));
        return;
      case 'parked':
        this.#putOff(context.merchant, transitName(transfer));
    }
  }

  #putOff(merchant: string, name: string): void {
    const { commit, transits } = this.#desk;
    transits.again(merchant, name, commit.timeMs + PARKING_RETRY_MS);
    this.#over();
  }

  #ask(end: End, to: string): void {
    this.#end = end;
    const { via, amount, currency } = this.#sent.fact;
    const begin = { context: this.#context, keyed: NO_KEY, unit: null, requester: this };
    new Operation(begin, end, '', amount, currency, null).ask(this.#desk, this, via.account, to);
  }

  #state(operation: Operation): void {
    const { fact: sent, timeMs, seq } = this.#sent;
    const end = this.#end;
    const took = operation.credit as Leg;
    this.#desk.emit({
      ...sent,
      context: this.#context,
      ...NO_KEY,
      id: '',
      step: end,
      status: end === 'delivered' ? 'posted' : end,
      version: sent.version + 1,
      debit: end === 'returned' ? took : sent.debit,
      credit: end === 'delivered' ? took : sent.credit,
      via: operation.debit as Leg,
      suspense: end === 'parked' ? took : null,
      reason: this.#reason,
      dueMs: 0,
      createdAtMs: timeMs,
      originSeq: seq,
      previousSeq: seq,
    });
    this.#desk.transits.ended(sent.context.merchant, transitName(sent.transfer));
    this.#over();
  }
}
