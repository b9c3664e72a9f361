// Reversal actor. Takes one transfer back: finds the step that brought the money, asks the two accounts, states its fact and
// is gone.
//
// B1. The credit account pays and is asked first; of several refusals the first of the list is told.

import { FACT_KIND, type Leg, type TakenBack, type TransferFact, type TransferReversed } from '../src/domain/facts.ts';
import { ALLOWED, numberOf } from '../src/domain/refusals.ts';
import { isArrival, refuseArrival, refuseReversal, type ReverseRequest } from '../src/domain/reversals.ts';
import type { Dated } from './commands.ts';
import type { Desk } from './desk.ts';
import { Operation, PHASE } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';
import { stepBefore } from './steps.ts';

const NOT_REVERSIBLE = numberOf('transfer_not_reversible');

/** Steps looked at for the one that brought the money, each a frame to read: what was given back after the capture comes
 * in one step or a few. A hold with more is refused before it holds the engine up. */
const STEPS_MAX = 64;

export class ReversalCell extends Cell {
  readonly #desk: Desk;
  readonly #request: ReverseRequest;
  /** The transfer's latest step. */
  readonly #latest: Dated<TransferFact>;
  #takesBack: TakenBack | null = null;

  constructor(desk: Desk, request: ReverseRequest, latest: Dated<TransferFact>) {
    super();
    this.#desk = desk;
    this.#request = request;
    this.#latest = latest;
  }

  receive(message: Message): void {
    if (!(message instanceof Operation)) throw new Error(`a reversal cannot handle ${message.constructor.name}`);
    if (message.phase === PHASE.begin) this.#begin(message);
    else this.#finish(message);
  }

  #begin(operation: Operation): void {
    const { fact } = this.#latest;
    operation.verdict = refuseReversal(fact);
    if (operation.verdict === ALLOWED) this.#findArrival(operation);
    // Refused or not, the accounts are asked as well: what they say may come before it (B1).
    operation.ask(this.#desk, this, fact.debit.account, fact.credit.account);
  }

  #findArrival(operation: Operation): void {
    const frameAt = (seq: number) => this.#desk.history.frame(seq);
    let step = this.#latest;
    for (let looked = 1; !isArrival(step.fact) && looked < STEPS_MAX; looked++) step = stepBefore(frameAt, step);
    const { fact, seq, index, timeMs } = step;
    operation.verdict = isArrival(fact) ? refuseArrival(fact) : NOT_REVERSIBLE;
    if (!isArrival(fact)) return;
    operation.amount = fact.moved;
    this.#takesBack = { step: fact.step, version: fact.version, seq, index, timeMs };
  }

  /** The accounts have moved, or one of them has refused. */
  #finish(operation: Operation): void {
    if (operation.verdict === ALLOWED) {
      operation.fact = this.#fact(operation);
      this.#desk.emit(operation.fact);
    }
    operation.done();
  }

  #fact({ context, key, fingerprint, debit, credit, amount: moved }: Operation): TransferReversed {
    const { fact: latest, seq, timeMs } = this.#latest;
    const { currency, amount, transfer, captured, released, expiresAtMs, expiresInSeconds, metadata } = latest;
    return {
      kind: FACT_KIND.transferReversed,
      context,
      key,
      fingerprint,
      step: 'reversed',
      status: 'reversed',
      id: '',
      debit: debit as Leg,
      credit: credit as Leg,
      currency,
      amount,
      transfer,
      moved,
      captured,
      released,
      version: latest.version + 1,
      expiresAtMs,
      expiresInSeconds,
      createdAtMs: latest.createdAtMs === 0 ? timeMs : latest.createdAtMs,
      originSeq: latest.originSeq === 0 ? seq : latest.originSeq,
      previousSeq: seq,
      metadata,
      takesBack: this.#takesBack as TakenBack,
      reason: this.#request.reason,
      notes: this.#request.metadata,
    };
  }
}
