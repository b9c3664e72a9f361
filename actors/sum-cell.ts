// Sum actor. Brings the credits that have gathered for a payee to it as one sum; what the payee does not take is parked.
//
// S1. One version and one entry of the payee, however many credits. S2. While even the suspense does not take the sum, it
// goes on gathering and is tried again.

import type { Context } from '../src/domain/context.ts';
import { PARKING_RETRY_MS, payeeOf, suspenseOf } from '../src/domain/crediting.ts';
import type { Leg } from '../src/domain/facts.ts';
import { makeId } from '../src/domain/ids.ts';
import { ALLOWED, type Verdict } from '../src/domain/refusals.ts';
import { NO_KEY } from './commands.ts';
import type { Desk } from './desk.ts';
import { Operation, type Requester } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';

export class SumCell extends Cell implements Requester {
  readonly #desk: Desk;
  readonly #context: Context;
  readonly #buffer: string;
  readonly #over: () => void;
  #step: 'applied' | 'parked' = 'applied';
  /** Why the payee does not take it. */
  #reason: Verdict = ALLOWED;

  /** `over` is called when it has ended, or has been put off. */
  constructor(desk: Desk, context: Context, buffer: string, over: () => void) {
    super();
    this.#desk = desk;
    this.#context = context;
    this.#buffer = buffer;
    this.#over = over;
  }

  begin(): void {
    this.#ask('applied', payeeOf(this.#buffer));
  }

  /** Both accounts have moved, or one of them has refused. */
  receive(message: Message): void {
    if (!(message instanceof Operation)) throw new Error(`a sum cannot handle ${message.constructor.name}`);
    this.operationDone(message);
  }

  operationDone(operation: Operation): void {
    const { commit, transits } = this.#desk;
    if (operation.verdict === ALLOWED) {
      this.#state(operation);
    } else if (this.#step === 'applied') {
      this.#reason = operation.verdict;
      this.#ask('parked', suspenseOf(operation.currency));
    } else {
      transits.again(this.#context.merchant, this.#buffer, commit.timeMs + PARKING_RETRY_MS);
      this.#over();
    }
  }

  #ask(step: 'applied' | 'parked', to: string): void {
    this.#step = step;
    const buffer = this.#desk.accounts.find(this.#context.merchant, this.#buffer)?.account;
    if (!buffer) throw new Error(`account ${this.#buffer} was never opened`);
    const begin = { context: this.#context, keyed: NO_KEY, unit: null, requester: this };
    const operation = new Operation(begin, step, '', buffer.available, buffer.currency, null);
    operation.ask(this.#desk, this, this.#buffer, to);
  }

  #state({ debit, credit, currency, amount }: Operation): void {
    const { commit, entropy, emit, transits } = this.#desk;
    emit({
      kind: 8,
      context: this.#context,
      step: this.#step,
      id: makeId('sum', commit.timeMs, entropy()),
      account: payeeOf(this.#buffer),
      via: debit as Leg,
      to: credit as Leg,
      currency,
      amount,
      reason: this.#reason,
      key: '',
      fingerprint: '',
    });
    transits.ended(this.#context.merchant, this.#buffer);
    this.#over();
  }
}
