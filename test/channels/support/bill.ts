// Bills as a merchant reads them, and the books that they should agree with.

import { BILL_COLUMNS } from '../../../src/channels/simulator-protocol.ts';
import type { Books } from '../../../src/channels/simulator/control.ts';

export type BillLine = Readonly<Record<(typeof BILL_COLUMNS)[number], string>>;

/** The lines of a bill. None of what the simulator writes needs quotes. */
export function linesOf(bill: string): BillLine[] {
  const [head, ...lines] = bill.split('\r\n');
  if (head !== BILL_COLUMNS.join(',') || lines.pop() !== '') throw new Error(`this is no bill: ${bill.slice(0, 200)}`);
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(BILL_COLUMNS.map((column, index) => [column, cells[index] ?? ''])) as BillLine;
  });
}

/** What the orders in the books say that the bill should have, as `type number amount currency fee`, sorted. */
export function movedIn({ payments, refunds, payouts }: Books): string[] {
  const orders = [...payments, ...refunds, ...payouts];
  const successes = orders.filter(({ status }) => status === 'succeeded' || status === 'returned');
  const returns = orders.filter(({ status }) => status === 'returned');
  return [
    ...successes.map((one) => `${one.verb} ${one.number} ${one.amount} ${one.currency} ${one.fee}`),
    ...returns.map((one) => `return ${one.number} ${one.amount} ${one.currency} 0`),
  ].toSorted();
}

/** The lines of a bill in the same words. */
export function billedIn(lines: readonly BillLine[]): string[] {
  return lines.map((one) => `${one.type} ${one.number} ${one.amount} ${one.currency} ${one.fee}`).toSorted();
}
