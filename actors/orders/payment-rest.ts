// The rest. A pay request for a trade whose attempt waits for the rest adds legs to that attempt.
//
// R1. It is planned by the rules for as much as is missing, and by them alone.

import type { Payment } from '../../src/domain/orders/payment.ts';
import { externalLeg, reserving } from '../../src/domain/orders/payment-vouchers.ts';
import { isWaiting } from '../../src/domain/orders/short-payment.ts';
import { ALLOWED, numberOf } from '../../src/domain/refusals.ts';
import type { OrderCell } from './order-cell.ts';
import { PaymentReceived, type PayRest } from './order-messages.ts';
import { setOut } from './payment-asking.ts';

const IN_PROGRESS = numberOf('attempt_in_progress');

export function payRest(cell: OrderCell<Payment>, { context, command, instructions: added }: PayRest): void {
  const { of } = cell.desk.instruments;
  const { instructions, reserved, vouchers, checks } = cell.order;
  if (!isWaiting(cell.order)) return cell.refuse(command, IN_PROGRESS);
  const grown = { ...cell.order, instructions: [...instructions, ...added] };
  cell.book(context, reserving(grown, of, instructions.length), ({ verdict, posted }) => {
    if (verdict !== ALLOWED) return cell.refuse(command, verdict);
    cell.change({
      instructions: grown.instructions,
      reserved: [...reserved, ...posted],
      vouchers: [...vouchers, ...posted],
      checks: [...checks, ...(command.request.checks ?? [])],
    });
    const external = externalLeg(cell.order, of);
    if (!external || external.place < instructions.length) {
      cell.tell(cell.order.trade, new PaymentReceived(context, cell.order, null, command));
      return;
    }
    setOut(cell, context, external.place, command.keyed);
    cell.answer(command);
  });
}
