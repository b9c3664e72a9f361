// Order watch. Follows orders by their facts and vouchers: each step, that no voucher is there twice, what they add up to, and
// that nothing stays in transit when nothing of a trade is open.
//
// O1. Sums are compared at the end of a frame, because a turn of the engine is one frame: within it the vouchers come
// before the order that names them.

import type { VoucherPosted, OrderStepped } from '../../domain/order-facts.ts';
import type { Order } from '../../domain/orders/order.ts';
import { businessOf, businessSubject, type Breach } from './breach.ts';
import { EFFECT, sortOfHouse } from './movements.ts';
import { isEnded, judgeStep, stepOf, type Step } from './order-steps.ts';
import { addVoucher, judgeSums, NO_SUMS, type Sums } from './order-sums.ts';
import type { Rows } from './rows.ts';

/** An order as it was last seen; `step` null: its vouchers came before it. `seen`: its vouchers, the last SEEN_MAX of them. */
export type OrderRow = { readonly step: Step | null; readonly sums: Sums; readonly seen: readonly string[] };

/** Most orders have five, a trade of a hundred payees some hundred: 2 kB of a row. */
const SEEN_MAX = 256;

/** A trade with all that belongs to it, or an order that belongs to none. Minor units by sort of transit account. */
export type BusinessRow = {
  readonly open: number;
  readonly payment: number;
  readonly withdrawal: number;
  readonly refund: number;
  /** Of payments: what vouchers took and did not give back, and what the trade says of that. */
  readonly fee: number;
  readonly saidFee: number;
};

const NOTHING: BusinessRow = { open: 0, payment: 0, withdrawal: 0, refund: 0, fee: 0, saidFee: 0 };
const UNKNOWN: OrderRow = { step: null, sums: NO_SUMS, seen: [] };

export type OrderRows = { readonly orders: Rows<OrderRow>; readonly businesses: Rows<BusinessRow> };

export class OrderWatch {
  readonly #orders: Rows<OrderRow>;
  readonly #businesses: Rows<BusinessRow>;
  readonly #report: (breach: Breach) => void;
  /** Orders of this frame, by their latest fact in it, and what belongs together. */
  readonly #stepped = new Map<string, OrderStepped>();
  readonly #touched = new Map<string, OrderStepped | VoucherPosted>();

  constructor({ orders, businesses }: OrderRows, report: (breach: Breach) => void) {
    this.#orders = orders;
    this.#businesses = businesses;
    this.#report = report;
  }

  voucher(fact: VoucherPosted, seq: number): void {
    const { merchant, business } = fact.context;
    const key = `${merchant} ${fact.order}`;
    const row = this.#orders.get(key) ?? UNKNOWN;
    const name = nameOfVoucher(fact);
    if (row.seen.includes(name)) this.#found(fact, 'voucher_once', seq, `${name} is there twice`);
    const seen = [...row.seen, name].slice(-SEEN_MAX);
    this.#orders.set(key, { step: row.step, sums: addVoucher(row.sums, fact), seen });
    const whole = `${merchant} ${businessOf(business, fact.order)}`;
    const before = this.#businesses.get(whole) ?? NOTHING;
    let { payment, withdrawal, refund, fee } = before;
    for (const { account, action, amount } of fact.lines) {
      const moved = EFFECT[action].moved * amount;
      const sort = sortOfHouse(account);
      if (sort === 2020) payment += moved;
      else if (sort === 2021) withdrawal += moved;
      else if (sort === 2022) refund += moved;
      else if (sort === 4001) fee += moved;
    }
    this.#businesses.set(whole, { ...before, payment, withdrawal, refund, fee });
    this.#touched.set(whole, fact);
  }

  step(fact: OrderStepped, seq: number): void {
    const { merchant, business } = fact.context;
    const { order } = fact;
    const key = `${merchant} ${order.id}`;
    const row = this.#orders.get(key) ?? UNKNOWN;
    const step = stepOf(order, seq);
    const why = judgeStep(row.step ?? undefined, step, fact.previousSeq);
    if (why !== null) this.#found(fact, 'order_step', seq, why);
    this.#orders.set(key, { ...row, step });
    this.#stepped.set(key, fact);
    // A case belongs to what it is about and keeps none of its money; a channel order is waited for by its parent.
    if (order.kind === 'case' || order.kind === 'channel_order') return;
    const change = (isEnded(step) ? 0 : 1) - (row.step === null || isEnded(row.step) ? 0 : 1);
    const name = `${merchant} ${businessOf(business, order.id)}`;
    const before = this.#businesses.get(name) ?? NOTHING;
    const saidFee = order.kind === 'trade' ? order.fee : before.saidFee;
    this.#businesses.set(name, { ...before, open: before.open + change, saidFee });
    this.#touched.set(name, fact);
  }

  /** The frame is over (O1). */
  frameEnded(seq: number): void {
    for (const [key, fact] of this.#stepped) {
      const { merchant } = fact.context;
      const of = (id: string): Sums | null => this.#orders.get(`${merchant} ${id}`)?.sums ?? null;
      const why = judgeSums(fact.order, this.#orders.get(key)?.sums ?? NO_SUMS, of);
      if (why !== null) this.#found(fact, 'order_sums', seq, why);
    }
    for (const [name, fact] of this.#touched) {
      const { open, payment, withdrawal, refund, fee, saidFee } = this.#businesses.get(name) ?? NOTHING;
      if (open > 0) continue;
      // What a refund gives back of it is said when it is agreed, and booked when it begins: here both have happened.
      if (fee !== saidFee) this.#found(fact, 'order_sums', seq, `a fee of ${saidFee}, vouchers took ${fee}`);
      if (payment !== 0 || withdrawal !== 0 || refund !== 0)
        this.#found(fact, 'transit_zero', seq, `payments ${payment}, withdrawals ${withdrawal}, refunds ${refund}`);
    }
    this.#stepped.clear();
    this.#touched.clear();
  }

  #found(fact: OrderStepped | VoucherPosted, invariant: Breach['invariant'], seq: number, why: string): void {
    const { merchant, business } = fact.context;
    const { id, amount, currency } = nameOf(fact);
    const subject = businessSubject(merchant, businessOf(business, id));
    const content = `${invariant} ${subject} ${id} ${seq}`;
    const detail = `${id}, frame ${seq}: ${why}.`;
    // prettier-ignore
    this.#report({ content, invariant, subjects: [subject], merchant, business, order: id, account: '', amount, currency, detail });
  }
}

/** By which a voucher of an order is told from every other one of it. */
function nameOfVoucher({ code, segment, occurrence, reverses }: VoucherPosted): string {
  return `${code}/${segment}.${occurrence}${reverses ? ' back' : ''}`;
}

function nameOf(fact: OrderStepped | VoucherPosted): Pick<Order, 'id' | 'amount' | 'currency'> {
  if (fact.kind === 20) return fact.order;
  return { id: fact.order, amount: fact.lines[0]?.amount ?? 0, currency: fact.currency };
}
