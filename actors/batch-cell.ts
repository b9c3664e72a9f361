// Batch actor. Carries out the transfers of one batch in their order, each one finished before the next begins.
//
// B1. Each transfer stands alone, unless the batch is atomic. B2. A refused atomic batch leaves nothing behind: no
// fact, no balance, no version.

import { isSettle, readMember } from '../src/domain/batches.ts';
import { FACT_KIND } from '../src/domain/facts.ts';
import { ALLOWED, numberOf, REFUSAL_NUMBER_MIN, RESULT } from '../src/domain/refusals.ts';
import { resultOf } from '../src/domain/transfers.ts';
import { NO_KEY, type RunBatch } from './commands.ts';
import type { Desk } from './desk.ts';
import { Operation, UnitEnd, type Begin, type Requester, type Unit } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';
import type { Immediate } from './transfers.ts';

const MEMBER_REFUSED = numberOf('batch_member_refused');

export class BatchCell extends Cell implements Requester {
  readonly #desk: Desk;
  readonly #command: RunBatch;
  readonly #begin: Begin;
  readonly #unit: Unit | null;
  /** Facts gathered before this batch: where an atomic one is cut back to. */
  readonly #mark: number;
  /** The member that is being carried out. */
  #at = 0;

  constructor(desk: Desk, command: RunBatch) {
    super();
    this.#desk = desk;
    this.#command = command;
    this.#unit = command.atomic ? { touched: [] } : null;
    this.#begin = { context: command.context, keyed: NO_KEY, unit: this.#unit, requester: this };
    this.#mark = desk.commit.gathered;
  }

  /** First the command, then each operation when it is done. */
  receive(message: Message): void {
    if (message instanceof Operation)
      this.#record(message.verdict === ALLOWED ? resultOf(message.step) : message.verdict);
    this.#goOn();
  }

  operationDone(operation: Operation): void {
    this.#desk.dispatcher.send(this, operation);
  }

  #goOn(): void {
    const { members } = this.#command;
    while (this.#at < members.length) {
      const immediate = this.#start(members[this.#at]);
      if (immediate === null) return;
      this.#record(immediate.verdict === ALLOWED ? RESULT.alreadyThere : immediate.verdict);
    }
    this.#finish();
  }

  #start(tuple: unknown): Immediate {
    const request = readMember(tuple);
    if (typeof request === 'number') return { verdict: request, earlier: null };
    const { transfers } = this.#desk;
    return isSettle(request) ? transfers.settle(request, this.#begin) : transfers.make(request, this.#begin);
  }

  #record(result: number): void {
    const { results, members } = this.#command;
    results.push(result);
    this.#at += 1;
    if (!this.#unit || result < REFUSAL_NUMBER_MIN) return;
    const refusedAt = results.length - 1;
    this.#command.results = members.map((_, index) => (index === refusedAt ? result : MEMBER_REFUSED));
    this.#at = members.length;
    this.#takeBack();
  }

  #takeBack(): void {
    const { commit, names } = this.#desk;
    const facts = commit.cutTo(this.#mark);
    for (const fact of facts.toReversed()) names.takeBack(fact, commit.seq);
    this.#endUnit(false);
  }

  #endUnit(kept: boolean): void {
    for (const cell of this.#unit?.touched ?? []) {
      this.#desk.dispatcher.send(cell, new UnitEnd(this.#command.context, kept));
    }
  }

  #finish(): void {
    const { context, keyed, results } = this.#command;
    if (this.#desk.commit.gathered > this.#mark) this.#endUnit(true);
    // Where all of it was refused there is nothing to remember: the next try is judged anew.
    const remembered = keyed.key !== '' && results.some((result) => result < REFUSAL_NUMBER_MIN);
    if (remembered) this.#desk.emit({ kind: FACT_KIND.batchAnswered, context, ...keyed, results });
    this.#desk.commit.after(this.#command);
  }
}
