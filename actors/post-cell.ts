// Post actor. A transfer that is posted at once: it asks its two accounts, states its fact and is gone. Most transfers are
// of this sort; one that is looked up later comes back from its fact as a transfer actor.

import { FACT_KIND, type Leg, type TransferMoved } from '../src/domain/facts.ts';
import { ALLOWED } from '../src/domain/refusals.ts';
import type { TransferRequest } from '../src/domain/transfers.ts';
import type { Desk } from './desk.ts';
import { Operation, PHASE } from './operation.ts';
import { stateRouted } from './routed-post.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';

export class PostCell extends Cell {
  readonly #desk: Desk;
  readonly #request: TransferRequest;

  constructor(desk: Desk, request: TransferRequest) {
    super();
    this.#desk = desk;
    this.#request = request;
  }

  receive(message: Message): void {
    if (!(message instanceof Operation)) throw new Error(`a post cannot handle ${message.constructor.name}`);
    const { debit, credit } = this.#request;
    if (message.phase === PHASE.begin) message.ask(this.#desk, this, debit, credit);
    else this.#finish(message);
  }

  /** The accounts have moved, or one of them has refused. */
  #finish(operation: Operation): void {
    if (operation.verdict === ALLOWED) {
      if (operation.route === null) {
        operation.fact = this.#fact(operation);
        this.#desk.emit(operation.fact);
      } else {
        operation.fact = stateRouted(this.#desk, operation, operation.route, this.#request.metadata);
      }
    }
    operation.done();
  }

  #fact({ context, key, fingerprint, id, debit, credit, currency, amount }: Operation): TransferMoved {
    return {
      kind: FACT_KIND.transferMoved,
      context,
      key,
      fingerprint,
      step: 'posted',
      id,
      debit: debit as Leg,
      credit: credit as Leg,
      currency,
      amount,
      transfer: id,
      moved: amount,
      captured: 0,
      released: 0,
      status: 'posted',
      version: 1,
      expiresAtMs: 0,
      expiresInSeconds: 0,
      requested: 0,
      createdAtMs: 0,
      originSeq: 0,
      previousSeq: 0,
      metadata: this.#request.metadata,
    };
  }
}
