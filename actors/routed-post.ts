// Routed post. What a post states when its payee is not itself credited at once, and who takes note that money has set out.

import type { Leg, TransferRouted } from '../src/domain/facts.ts';
import type { Metadata } from '../src/domain/accounts.ts';
import type { Desk } from './desk.ts';
import { UnitEnd, type Operation, type Route } from './operation.ts';
import { Cell } from './runtime/cell.ts';
import type { Message } from './runtime/message.ts';
import { legOf } from './sub-accounts.ts';

/** States a post whose payer has paid onto another account than the payee; `route` says whom it is for. */
export function stateRouted(desk: Desk, operation: Operation, route: Route, metadata: Metadata | null): TransferRouted {
  const fact = routedFact(desk, operation, route, metadata);
  desk.emit(fact);
  if (operation.step === 'spread') return fact;
  if (operation.unit) operation.unit.touched.push(new DepartureCell(desk, fact));
  else desk.transits.setOut(fact, desk.commit.seq);
  return fact;
}

function routedFact(desk: Desk, operation: Operation, route: Route, metadata: Metadata | null): TransferRouted {
  const { context, key, fingerprint, id, currency, amount } = operation;
  const via = operation.credit as Leg;
  const step = operation.step as 'buffered' | 'sent' | 'spread';
  return {
    kind: 7,
    context,
    key,
    fingerprint,
    step,
    id,
    debit: operation.debit as Leg,
    credit: legOf(desk, route.payee),
    via,
    suspense: null,
    currency,
    amount,
    transfer: id,
    moved: amount,
    captured: 0,
    released: 0,
    status: step === 'sent' ? 'sent' : 'posted',
    version: 1,
    dueMs: dueMs(desk, step, context.merchant, via.account, route.delayMs),
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

/** A sum is due when its first credit says so; what has reached a sub-account goes nowhere by itself. */
function dueMs(
  desk: Desk,
  step: 'buffered' | 'sent' | 'spread',
  merchant: string,
  via: string,
  delayMs: number,
): number {
  const alone = desk.commit.timeMs + delayMs;
  switch (step) {
    case 'buffered':
      return desk.transits.dueMs(merchant, via) ?? alone;
    case 'sent':
      return alone;
    case 'spread':
      return 0;
  }
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
