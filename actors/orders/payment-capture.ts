// Capture. A payment that was only authorized is taken, in parts until nothing remains; the last part pays the trade.

import { captureLeg } from '../../src/domain/orders/instruction-amounts.ts';
import { capturableSum, changeLegs, spreadCapture } from '../../src/domain/orders/payment-amounts.ts';
import { capturing } from '../../src/domain/orders/payment-vouchers.ts';
import { ALLOWED, numberOf } from '../../src/domain/refusals.ts';
import type { CapturePayment } from './order-commands.ts';
import { PaymentReceived } from './order-messages.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { OrderCell } from './order-cell.ts';

const NOT_CAPTURABLE = numberOf('payment_not_capturable');

export function capture(cell: OrderCell<Payment>, command: CapturePayment): void {
  const { context, keyed } = command;
  const { trade, status, captures } = cell.order;
  const left = capturableSum(cell.order);
  const amount = command.amount === 0 ? left : command.amount;
  if (status !== 'authorized') return cell.refuse(command, NOT_CAPTURABLE);
  const parts = spreadCapture(cell.order, amount);
  if ('refused' in parts) return cell.refuse(command, numberOf(parts.refused));
  if (amount === left) return cell.tell(trade, new PaymentReceived(context, cell.order, null, command));
  cell.book(context, capturing(cell.order, cell.desk.instruments.of, parts), ({ verdict, posted }) => {
    if (verdict !== ALLOWED) return cell.refuse(command, verdict);
    const { instructions } = changeLegs(cell.order, parts, captureLeg);
    cell.change({ instructions, captures: captures + 1, vouchers: [...cell.order.vouchers, ...posted] });
    cell.state(context, keyed);
    cell.answer(command);
  });
}
