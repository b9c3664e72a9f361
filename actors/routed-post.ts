// Routed post. What a post states when its payee is not credited at once, and who takes note that money has set out.

import type { Leg, TransferRouted } from '../src/domain/facts.ts';
import type { Metadata } from '../src/domain/accounts.ts';
import type { Desk } from './desk.ts';
import { UnitEnd, type Operation, type Route } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';

/** States a post whose payer has paid onto the account between; `route` says to whom it is on its way. */
export function stateRouted(desk: Desk, operation: Operation, route: Route, metadata: Metadata | null): TransferRouted {
  const fact = routedFact(desk, operation, route, metadata);
  desk.emit(fact);
  if (operation.unit) operation.unit.touched.push(new DepartureCell(desk, fact));
  else desk.transits.setOut(fact, desk.commit.seq);
  return fact;
}

function routedFact(desk: Desk, operation: Operation, route: Route, metadata: Metadata | null): TransferRouted {
  const { context, key, fingerprint, id, currency, amount } = operation;
  const via = operation.credit as Leg;
  const isBuffered = operation.step === 'buffered';
  const dueMs = desk.commit.timeMs + route.delayMs;
  return {
    kind: 7,
    context,
    key,
    fingerprint,
    step: isBuffered ? 'buffered' : 'sent',
    id,
    debit: operation.debit as Leg,
    credit: route.payee,
    via,
    suspense: null,
    currency,
    amount,
    transfer: id,
    moved: amount,
    captured: 0,
    released: 0,
    status: isBuffered ? 'posted' : 'sent',
    version: 1,
    dueMs: isBuffered ? (desk.transits.dueMs(context.merchant, via.account) ?? dueMs) : dueMs,
    reason: 0,
    expiresAtMs: 0,
    expiresInSeconds: 0,
    requested: 0,
    createdAtMs: 0,
    originSeq: 0,
    previousSeq: 0,
    metadata,
  };
}

/** In an atomic batch money has set out when the batch is kept. */
class DepartureCell extends Cell {
  readonly #desk: Desk;
  readonly #fact: TransferRouted;

  constructor(desk: Desk, fact: TransferRouted) {
    super();
    this.#desk = desk;
    this.#fact = fact;
  }

  receive(message: Message): void {
    if (!(message instanceof UnitEnd)) throw new Error(`a departure cannot handle ${message.constructor.name}`);
    if (message.kept) this.#desk.transits.setOut(this.#fact, this.#desk.commit.seq);
  }
}
