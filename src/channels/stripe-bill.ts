// Stripe bill. The balance transactions of one UTC day as lines of CSV, oldest column order for ever: who reconciles reads
// them by the first line. Amounts are minor units with their sign, as Stripe gives them; `number` is ours where it is known.

import type { Stripe } from 'stripe';
import { numberOf } from './stripe-objects.ts';

export const STRIPE_BILL_COLUMNS = ['id', 'type', 'source', 'number', 'amount', 'fee', 'net', 'currency', 'created'];

const DAY_SECONDS = 86_400;
const PAGE = 100;

/** @param date YYYY-MM-DD @throws on any error of the SDK: half a bill must not look like a whole one */
export async function* readStripeBill(stripe: Stripe, date: string): AsyncGenerator<string> {
  const gte = Date.parse(`${date}T00:00:00Z`) / 1_000;
  if (!Number.isInteger(gte)) throw new RangeError('the date of a bill is YYYY-MM-DD');
  yield STRIPE_BILL_COLUMNS.join(',');
  const listed = stripe.balanceTransactions.list({
    created: { gte, lt: gte + DAY_SECONDS },
    limit: PAGE,
    expand: ['data.source'],
  });
  for await (const movement of listed) yield lineOf(movement);
}

function lineOf(movement: Stripe.BalanceTransaction): string {
  const { id, type, source, amount, fee, net, currency, created } = movement;
  const object = typeof source === 'string' ? null : source;
  const cells: (string | number)[] = [
    id,
    type,
    typeof source === 'string' ? source : (object?.id ?? ''),
    object && 'metadata' in object ? numberOf(object) : '',
    amount,
    fee,
    net,
    currency.toUpperCase(),
    new Date(created * 1_000).toISOString(),
  ];
  return cells.map((cell) => String(cell).replaceAll(/[",\r\n]/g, ' ')).join(',');
}
