// Asking. The channel of a payment is asked, last of all: for its first plan, and for the rest where that is waited for.

import type { Context } from '../../src/domain/context.ts';
import type { Instruction } from '../../src/domain/orders/instruction.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { RequestKey } from '../commands.ts';
import { newChannelOrder } from './channel-order-cell.ts';
import { newExternalVoucher, type Asking } from './external-voucher-cell.ts';
import type { OrderCell } from './order-cell.ts';
import { tellTrade } from './payment-ending.ts';
import { setLeg } from './payment-legs.ts';

/** A payment that waits for its channel looks by itself whether it has missed anything, ms: an hour. */
export const LOOK_MS = 3_600_000;

/** `place`: of the leg that the channel is asked for. */
export function setOut(cell: OrderCell<Payment>, context: Context, place: number, keyed: RequestKey): void {
  const asked = asking(cell, place);
  setLeg(cell, place, { status: 'executing', channelOrder: asked.channelOrder });
  cell.change({ status: 'processing', dueMs: cell.afterMs(LOOK_MS) });
  cell.state(context, keyed);
  asked.begin(context);
  tellTrade(cell, context);
}

/** A channel where the payer pays is asked by way of a voucher. */
function asking(cell: OrderCell<Payment>, instruction: number): Asking {
  const { id: parent, currency, instructions } = cell.order;
  const { channel, amount } = instructions[instruction] as Instruction;
  const asked = { channel, instruction, amount, currency };
  if (cell.desk.outside.isPrepaid(channel)) return newExternalVoucher(cell, asked);
  const direct = newChannelOrder(cell, { ...asked, verb: 'pay', parent });
  return { channelOrder: direct.order.id, begin: (context) => direct.begin(context) };
}
