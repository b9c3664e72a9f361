// Corruptions of facts: what a row in the journal would say had somebody, or a bug, changed one thing of it.

import type { OrderStepped, VoucherLine, VoucherPosted } from '../../../src/domain/order-facts.ts';
import type { Order } from '../../../src/domain/orders/order.ts';
import type { Chance } from '../../actors/orders/support/chance.ts';

type StepChange = { readonly name: string; readonly change: (fact: OrderStepped) => OrderStepped | null };

function ofOrder(name: string, change: (order: Order) => Order | null): StepChange {
  return {
    name,
    change: (fact) => {
      const order = change(fact.order);
      return order && { ...fact, order };
    },
  };
}

/** null: not possible with this fact. Never its first one: nobody knows yet what was agreed. */
export const STEP_CHANGES: readonly StepChange[] = [
  { name: 'frame before', change: (fact) => ({ ...fact, previousSeq: fact.previousSeq + 1 }) },
  ofOrder('version', (order) => ({ ...order, version: order.version + 1 })),
  ofOrder('amount', (order) => (order.kind === 'case' ? null : { ...order, amount: order.amount + 1 })),
  ofOrder('currency', (order) => ({ ...order, currency: 'XTS' })),
  ofOrder('paid', (order) => (order.kind === 'trade' && order.paid > 1 ? { ...order, paid: order.paid - 1 } : null)),
  ofOrder('refunded', (order) =>
    order.kind === 'trade' && order.paid > 0 ? { ...order, refunded: order.paid + 1 } : null,
  ),
  ofOrder('captured', (order) => {
    if (order.kind !== 'payment' || order.status !== 'succeeded') return null;
    const [first, ...others] = order.instructions;
    return first ? { ...order, instructions: [{ ...first, captured: first.captured - 1 }, ...others] } : null;
  }),
  ofOrder('failed payment', (order) =>
    order.kind === 'payment' && order.status === 'succeeded' ? { ...order, status: 'failed' } : null,
  ),
  ofOrder('failed withdrawal', (order) =>
    order.kind === 'withdrawal' && order.status === 'succeeded' ? { ...order, status: 'failed' } : null,
  ),
  ofOrder('withdrawal fee', (order) => (order.kind === 'withdrawal' ? { ...order, fee: order.fee + 1 } : null)),
  ofOrder('refund part', (order) => {
    if (order.kind !== 'refund') return null;
    const [first, ...others] = order.parts;
    return first ? { ...order, parts: [{ ...first, amount: first.amount + 1 }, ...others] } : null;
  }),
  ofOrder('reopened', (order) =>
    order.kind === 'channel_order' && order.status === 'succeeded' ? { ...order, status: 'created' } : null,
  ),
];

type VoucherChange = { readonly name: string; readonly change: (fact: VoucherPosted, line: number) => VoucherPosted | null }; // prettier-ignore

function ofLine(name: string, change: (line: VoucherLine) => VoucherLine | null): VoucherChange {
  return {
    name,
    change: (fact, at) => {
      const line = fact.lines[at];
      const changed = line && change(line);
      return changed ? { ...fact, lines: fact.lines.map((one, place) => (place === at ? changed : one)) } : null;
    },
  };
}

const OTHER_ACTION = { debit: 'credit', credit: 'debit', take: 'debit', receive: 'credit' } as const;

export const VOUCHER_CHANGES: readonly VoucherChange[] = [
  ofLine('amount', (line) => ({ ...line, amount: line.amount + 1 })),
  ofLine('available', (line) => ({ ...line, available: line.available + 1 })),
  ofLine('version', (line) => (line.account.startsWith('@') ? { ...line, version: line.version + 1 } : null)),
  ofLine('account', (line) => (line.account.startsWith('@payment_transit') ? { ...line, account: '@loss:EUR' } : null)),
  ofLine('action', (line) => {
    const action = line.action in OTHER_ACTION ? OTHER_ACTION[line.action as keyof typeof OTHER_ACTION] : null;
    return action && { ...line, action };
  }),
  { name: 'currency', change: (fact) => ({ ...fact, currency: 'XTS' }) },
  { name: 'code', change: (fact) => (fact.code === 'RE1' ? null : { ...fact, code: 'RE1' }) },
  { name: 'segment', change: (fact) => ({ ...fact, segment: 3 }) },
  { name: 'order', change: (fact) => (fact.code === 'PY4' ? { ...fact, order: `${fact.order.slice(0, -1)}*` } : null) },
];

export function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[chance.below(from.length)] as T;
}
