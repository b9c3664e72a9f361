// Provider books. Every order, every movement of money, and the totals: what a reconciliation compares with.
//
// B1. Movements are only added. B2. Totals are the sum of what the orders count (provider-order.ts). B3. A step that an
// order may not take is a fault of the simulator, never booked.

import type { ProviderVerb } from '../simulator-protocol.ts';
import { openBooksFile, type BooksFile, type Step } from './books-file.ts';
import { LIMITS } from './limits.ts';
import { addTotals, countedOf, mayFollow, NO_TOTALS, refundedBy, type ProviderOrder } from './provider-order.ts';

export type Movement = {
  readonly type: ProviderVerb | 'return';
  readonly number: string;
  readonly tradeNumber: string;
  readonly original: string;
  readonly amount: number;
  readonly currency: string;
  readonly fee: number;
  /** Unix ms. */
  readonly atMs: number;
};

const DAY_MS = 86_400_000;

export type BooksTotals = Readonly<Record<string, ReturnType<typeof countedOf>>>;

export class ProviderBooks {
  private readonly orders = new Map<string, ProviderOrder>();
  private readonly movements: Movement[] = [];
  private readonly byCurrency = new Map<string, ReturnType<typeof countedOf>>();
  /** By the token of a prepaid payment, its number. */
  private readonly prepaid = new Map<string, string>();
  /** By the number of a payment, what its refunds have taken or will take. */
  private readonly refunded = new Map<string, number>();
  private readonly file: BooksFile | null;

  /** @param path a file to keep them in; null for memory alone. @throws Error when the file cannot be used */
  constructor(path: string | null) {
    this.file = path === null ? null : openBooksFile(path, (step) => this.take(step));
  }

  get size(): number {
    return this.orders.size;
  }

  /** True when no further order fits. */
  get full(): boolean {
    return this.orders.size >= LIMITS.ordersMax;
  }

  get(number: string): ProviderOrder | undefined {
    return this.orders.get(number);
  }

  /** The prepaid payment that is paid with this token. */
  numberOfToken(token: string): string | undefined {
    return this.prepaid.get(token);
  }

  /** What the refunds of a payment have taken or will take, minor units. */
  refundedOf(payment: string): number {
    return this.refunded.get(payment) ?? 0;
  }

  totalsOf(currency: string): ReturnType<typeof countedOf> {
    return this.byCurrency.get(currency) ?? NO_TOTALS;
  }

  totals(): BooksTotals {
    return Object.fromEntries(this.byCurrency);
  }

  ordersOf(verb: ProviderVerb): readonly ProviderOrder[] {
    return [...this.orders.values()].filter((order) => order.verb === verb);
  }

  /** The movements of a UTC day like 2026-11-24, oldest first. */
  movementsOn(date: string): readonly Movement[] {
    const startMs = Date.parse(`${date}T00:00:00Z`);
    return this.movements.filter(({ atMs }) => atMs >= startMs && atMs < startMs + DAY_MS);
  }

  /** Books the order after its first or next step. @throws Error on a step that it may not take, or a full disk */
  book(order: ProviderOrder, atMs: number): void {
    const before = this.orders.get(order.number);
    // A number that was closed before it was asked for gets the rest of its order when it is.
    const isSame = before?.status === order.status && before.amount === 0;
    if (before && !isSame && !mayFollow(order.verb, before.status, order.status)) {
      throw new Error(`${order.number} may not go from ${before.status} to ${order.status}`);
    }
    this.file?.append({ atMs, order });
    this.take({ atMs, order });
  }

  close(): void {
    this.file?.close();
  }

  private take({ atMs, order }: Step): void {
    const before = this.orders.get(order.number);
    this.orders.set(order.number, order);
    if (order.token !== '') this.prepaid.set(order.token, order.number);
    if (before) this.count(before, -1);
    this.count(order, 1);
    if (order.status === before?.status) return;
    if (order.status === 'succeeded') this.move(order, order.verb, order.fee, atMs);
    if (order.status === 'returned') this.move(order, 'return', 0, atMs);
  }

  private count(order: ProviderOrder, sign: 1 | -1): void {
    const currency = order.movedCurrency;
    if (currency !== '') {
      this.byCurrency.set(currency, addTotals(this.totalsOf(currency), countedOf(order), sign));
    }
    const refund = refundedBy(order);
    if (refund > 0) this.refunded.set(order.original, this.refundedOf(order.original) + sign * refund);
  }

  private move(order: ProviderOrder, type: Movement['type'], fee: number, atMs: number): void {
    const { number, tradeNumber, original, moved, movedCurrency } = order;
    this.movements.push({ type, number, tradeNumber, original, amount: moved, currency: movedCurrency, fee, atMs });
  }
}
