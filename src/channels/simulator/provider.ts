// Provider. Decides what becomes of an order and books it; knows nothing of HTTP.
//
// V1. One number is one order: asked again with the same parameters it is shown as it stands, with others refused.
// V2. An order of which a rule says nothing succeeds at once, unless there is a reason against it.

import { basisPointsOf, MONEY_MAX } from '../../domain/money.ts';
import type { ErrorAnswer, FailureReason, ProviderVerb } from '../simulator-protocol.ts';
import { drawFor } from './chance.ts';
import { findFault, type Fault } from './faults.ts';
import type { ProviderBooks } from './provider-books.ts';
import { isOpen, mayFollow, type ProviderOrder } from './provider-order.ts';

/** What is asked for, whatever the verb; '' where a field is not of the verb. */
export type OrderRequest = {
  readonly verb: ProviderVerb;
  readonly number: string;
  readonly amount: number;
  readonly currency: string;
  readonly original: string;
  readonly destination: string;
  readonly capture: boolean;
  readonly notifyUrl: string;
};

export type ProviderParts = {
  readonly books: ProviderBooks;
  readonly seed: number;
  /** What the provider keeps of a payment, in 1/100 of a percent. */
  readonly feeBasisPoints: number;
  /** What can be paid out beside what was paid in, minor units a currency. */
  readonly fund: number;
  readonly nowMs: () => number;
  /** Real milliseconds for simulated ones. */
  readonly scaled: (delayMs: number) => number;
  /** Told of each step, after it was booked. */
  readonly stepped: (order: ProviderOrder) => void;
};

export type Decided =
  | { readonly order: ProviderOrder; readonly isNew: boolean }
  | { readonly refused: ErrorAnswer['error']; readonly detail: string };

/** What the customer of a prepaid payment has for paying it, simulated. */
const PREPAID_LIFE_MS = 900_000;

export class Provider {
  private readonly parts: ProviderParts;

  constructor(parts: ProviderParts) {
    this.parts = parts;
  }

  /** A payment, refund or payout under its number. Prepaid: a payment that the customer makes by himself. */
  open(request: OrderRequest, faults: readonly Fault[], prepaid = false): Decided {
    const known = this.current(request.number);
    if (known && known.amount > 0) return repeated(known, request);
    if (known && known.verb !== request.verb) return reused(known);
    if (!known && this.parts.books.full) return { refused: 'books_full', detail: 'Start a simulator with new books.' };
    const blank = this.blank(request, faults);
    if (known) return this.book({ ...blank, status: 'closed', tradeNumber: known.tradeNumber });
    return this.book(this.decided(prepaid ? this.prepaid(blank) : blank, request, faults, prepaid));
  }

  /** Makes sure that an open order, or one that may still come, moves no money. */
  close(verb: ProviderVerb, number: string): Decided {
    const known = this.current(number);
    if (known && known.verb !== verb) return notFound(number);
    if (known) return isOpen(known) ? this.book({ ...known, status: 'closed' }) : { order: known, isNew: false };
    if (this.parts.books.full) return { refused: 'books_full', detail: 'Start a simulator with new books.' };
    const nothing = { amount: 0, currency: '', original: '', destination: '', capture: true, notifyUrl: '' };
    return this.book({ ...this.blank({ ...nothing, verb, number }, []), status: 'closed', moved: 0 });
  }

  /** Takes an authorised payment, all of it or a part. */
  capture(number: string, amount: number | undefined): Decided {
    const known = this.current(number);
    if (known?.verb !== 'pay') return notFound(number);
    if (known.capture) return wrongStatus(known);
    const moved = amount ?? known.moved;
    if (known.status === 'succeeded') return known.moved === moved ? { order: known, isNew: false } : reused(known);
    if (known.status !== 'accepted') return wrongStatus(known);
    if (moved > known.moved) return { refused: 'invalid_request', detail: `At most ${known.moved} can be captured.` };
    return this.book(this.succeeded({ ...known, moved }));
  }

  /** Ends an order that is accepted or requires an action; also brings late money to a failed or closed payment. */
  settle(number: string, outcome: 'succeeded' | 'failed', reason: string): Decided {
    const known = this.current(number);
    if (!known) return notFound(number);
    if (known.status === outcome) return { order: known, isNew: false };
    if (known.amount === 0 || !mayFollow(known.verb, known.status, outcome)) return wrongStatus(known);
    if (outcome === 'failed') return this.book({ ...known, status: 'failed', reason });
    return this.book(this.succeeded({ ...known, reason: '' }));
  }

  /** The bank sends a payout back. */
  returned(number: string, reason: string): Decided {
    const known = this.current(number);
    if (!known) return notFound(number);
    if (known.status === 'returned') return { order: known, isNew: false };
    if (!mayFollow(known.verb, known.status, 'returned')) return wrongStatus(known);
    return this.book({ ...known, status: 'returned', reason });
  }

  /** The order as it stands: a prepaid payment that nobody paid in time is closed. */
  current(number: string): ProviderOrder | undefined {
    const { books, nowMs } = this.parts;
    const order = books.get(number);
    if (!order || order.expiresAtMs === 0 || !isOpen(order) || order.expiresAtMs > nowMs()) return order;
    const expired: ProviderOrder = { ...order, status: 'closed' };
    this.book(expired);
    return expired;
  }

  private blank(request: OrderRequest, faults: readonly Fault[]): ProviderOrder {
    const { books, seed, nowMs, scaled } = this.parts;
    const by = findFault(faults, 'amount')?.by ?? 0;
    const invisibleMs = findFault(faults, 'invisible')?.for_ms ?? 0;
    return {
      ...request,
      status: 'accepted',
      tradeNumber: `sim_${seed.toString(36)}_${String(books.size + 1).padStart(8, '0')}`,
      moved: Math.min(Math.max(1, request.amount + by), MONEY_MAX),
      movedCurrency: findFault(faults, 'currency')?.currency ?? request.currency,
      fee: 0,
      reason: '',
      token: '',
      expiresAtMs: 0,
      visibleAtMs: invisibleMs === 0 ? 0 : nowMs() + scaled(invisibleMs),
    };
  }

  private prepaid(order: ProviderOrder): ProviderOrder {
    const { seed, nowMs, scaled } = this.parts;
    const draw = drawFor(seed, 'token', order.number);
    const token = `tok_${[draw(), draw()].map((part) => Math.floor(part * 2 ** 32).toString(36)).join('')}`;
    return { ...order, token, expiresAtMs: Math.ceil(nowMs() + scaled(PREPAID_LIFE_MS)) };
  }

  private decided(
    order: ProviderOrder,
    request: OrderRequest,
    faults: readonly Fault[],
    prepaid: boolean,
  ): ProviderOrder {
    const reason = findFault(faults, 'refuse')?.reason ?? this.reasonAgainst(order, request);
    if (reason !== null) return { ...order, status: 'failed', reason };
    if (prepaid || findFault(faults, 'require_action')) return { ...order, status: 'requires_action' };
    if (!order.capture || findFault(faults, 'accept')) return order;
    return this.succeeded(order);
  }

  private succeeded(order: ProviderOrder): ProviderOrder {
    const fee = order.verb === 'pay' ? basisPointsOf(order.moved, this.parts.feeBasisPoints, 'half_up') : 0;
    return { ...order, status: 'succeeded', fee };
  }

  private reasonAgainst(order: ProviderOrder, request: OrderRequest): FailureReason | null {
    const totals = this.parts.books.totalsOf(order.movedCurrency);
    const { payments, refunds, payouts, returns, fees, held } = totals;
    if (Math.max(payments, refunds, payouts + held) > MONEY_MAX - order.moved) return 'total_too_large';
    switch (order.verb) {
      case 'pay':
        return null;
      case 'refund':
        return this.reasonAgainstRefund(request);
      case 'payout':
        // Sums of safe integers may leave them on the way, and then compare well enough.
        return this.parts.fund + payments - refunds - fees - payouts + returns - held < order.moved
          ? 'insufficient_funds'
          : null;
    }
  }

  private reasonAgainstRefund({ original, amount, currency }: OrderRequest): FailureReason | null {
    const payment = this.parts.books.get(original);
    if (payment?.verb !== 'pay') return 'original_unknown';
    if (payment.status !== 'succeeded') return 'original_not_succeeded';
    if (payment.movedCurrency !== currency) return 'currency_mismatch';
    return amount > payment.moved - this.parts.books.refundedOf(original) ? 'original_insufficient' : null;
  }

  private book(order: ProviderOrder): Decided {
    this.parts.books.book(order, this.parts.nowMs());
    this.parts.stepped(order);
    return { order, isNew: true };
  }
}

function repeated(known: ProviderOrder, request: OrderRequest): Decided {
  const isSame =
    known.verb === request.verb &&
    known.amount === request.amount &&
    known.currency === request.currency &&
    known.original === request.original &&
    known.destination === request.destination &&
    known.capture === request.capture;
  return isSame ? { order: known, isNew: false } : reused(known);
}

function reused({ number }: ProviderOrder): Decided {
  return { refused: 'number_reused', detail: `${number} was used with other parameters.` };
}

function notFound(number: string): Decided {
  return { refused: 'not_found', detail: `There is no ${number}.` };
}

function wrongStatus({ number, status }: ProviderOrder): Decided {
  return { refused: 'wrong_status', detail: `${number} is ${status}.` };
}
