// Bills. One UTC day of the books as CSV, with the lines that rules make wrong.

import { csvOf, type CsvRow } from '../../csv.ts';
import { BILL_COLUMNS } from '../simulator-protocol.ts';
import { findFault } from './faults.ts';
import type { FaultRules, Subject } from './fault-rules.ts';
import type { Movement } from './provider-books.ts';

type BillLine = CsvRow<(typeof BILL_COLUMNS)[number]>;

/** The bill of these movements. The same rules give the same bill every time. */
export function billOf(movements: readonly Movement[], rules: FaultRules): string {
  const faultsOf = rules.ofBill();
  const lines = movements.flatMap((movement) => {
    const line = lineOf(movement);
    const fault = findFault(faultsOf(subjectOf(movement)), 'bill_line');
    if (!fault) return [line];
    switch (fault.how) {
      case 'missing':
        return [];
      case 'changed':
        return [{ ...line, amount: movement.amount + (fault.by ?? 1) }];
      case 'duplicated':
        return [line, line];
    }
  });
  return csvOf(BILL_COLUMNS, lines);
}

/** Rules see a return as the payout that came back. */
function subjectOf({ type, number, amount }: Movement): Subject {
  return { verb: type === 'return' ? 'payout' : type, number, amount };
}

function lineOf({ tradeNumber, number, type, amount, currency, fee, original, atMs }: Movement): BillLine {
  const booked_at = new Date(atMs).toISOString();
  return { trade_number: tradeNumber, number, type, amount, currency, fee, original, booked_at };
}
