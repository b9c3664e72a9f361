// Messages between orders, and from the clock and the channels to them.

import type { Context } from '../../src/domain/context.ts';
import type { FactPosition } from '../../src/domain/ids.ts';
import type { Case } from '../../src/domain/orders/case.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import type { PrepaidToken } from '../../src/domain/orders/external-voucher.ts';
import type { Instruction } from '../../src/domain/orders/instruction.ts';
import type { Part } from '../../src/domain/orders/payment-amounts.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { Refund } from '../../src/domain/orders/refund.ts';
import type { Settlement } from '../../src/domain/orders/trade-amounts.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import type { Verdict } from '../../src/domain/refusals.ts';
import { Message } from '../runtime/message.ts';
import type { OrderCell } from './order-cell.ts';
import type { CapturePayment, PayTrade, TopUp } from './order-commands.ts';

/** The time has come at which an order goes on by itself. */
export class OrderDue extends Message {
  readonly id: string;
  /** The time that has come, ms since 1970. */
  readonly dueMs: number;

  constructor(context: Context, id: string, dueMs: number) {
    super(context);
    this.id = id;
    this.dueMs = dueMs;
  }
}

/** An attempt that has been planned, to its trade. */
export class Attempt extends Message {
  readonly command: PayTrade | TopUp;
  readonly payment: OrderCell<Payment>;

  constructor(command: PayTrade | TopUp, payment: OrderCell<Payment>) {
    super(command.context);
    this.command = command;
    this.payment = payment;
  }
}

/** A trade has a new attempt. `settle`: who gets what, where the product settles at once; null where it does not. */
export class BeginPayment extends Message {
  readonly trade: Trade;
  readonly settle: readonly Settlement[] | null;
  readonly command: PayTrade | TopUp;

  constructor(context: Context, trade: Trade, settle: readonly Settlement[] | null, command: PayTrade | TopUp) {
    super(context);
    this.trade = trade;
    this.settle = settle;
    this.command = command;
  }
}

/** Legs for the rest of a payment that waits for it. */
export class PayRest extends Message {
  readonly command: PayTrade;
  readonly instructions: readonly Instruction[];

  constructor(command: PayTrade, instructions: readonly Instruction[]) {
    super(command.context);
    this.command = command;
    this.instructions = instructions;
  }
}

/**
 * All of a payment has been received, is about to be captured, or what was captured of it is all that there will be. May
 * it pay its trade? Answered by `TradeSays`, which carries back by what it came: a channel order, or a capture or a pay
 * request that is waiting. `amount`: what it brings, minor units.
 */
export class PaymentReceived extends Message {
  readonly payment: string;
  readonly amount: number;
  readonly channelOrder: ChannelOrder | null;
  readonly command: CapturePayment | PayTrade | null;

  constructor(
    context: Context,
    { id, amount }: { readonly id: string; readonly amount: number },
    channelOrder: ChannelOrder | null,
    command: CapturePayment | PayTrade | null = null,
  ) {
    super(context);
    this.payment = id;
    this.amount = amount;
    this.channelOrder = channelOrder;
    this.command = command;
  }
}

/** `accepted` false: the trade is closed, or another attempt has paid it. */
export class TradeSays extends Message {
  readonly trade: Trade;
  readonly accepted: boolean;
  readonly settle: readonly Settlement[] | null;
  readonly received: PaymentReceived;

  constructor(received: PaymentReceived, trade: Trade, accepted: boolean, settle: readonly Settlement[] | null) {
    super(received.context);
    this.trade = trade;
    this.accepted = accepted;
    this.settle = settle;
    this.received = received;
  }
}

/** What became of a payment. `settled`: vouchers by which the payees have their money already. */
export class PaymentMoved extends Message {
  readonly payment: Payment;
  readonly verdict: Verdict;
  readonly settled: readonly FactPosition[];
  readonly settle: readonly Settlement[] | null;

  constructor(
    context: Context,
    payment: Payment,
    { verdict, settled, settle }: Pick<PaymentMoved, 'verdict' | 'settled' | 'settle'>,
  ) {
    super(context);
    this.payment = payment;
    this.verdict = verdict;
    this.settled = settled;
    this.settle = settle;
  }
}

/** A trade that closes asks its attempt to end. */
export class EndPayment extends Message {}

/** Legs of a payment are being refunded, have been, or have not after all. */
export class LegsRefunding extends Message {
  readonly parts: readonly Part[];
  readonly how: 'reserved' | 'done' | 'failed' | 'bounced';

  constructor(context: Context, parts: readonly Part[], how: LegsRefunding['how']) {
    super(context);
    this.parts = parts;
    this.how = how;
  }
}

/** What became of a refund. A verdict that is not ALLOWED: it never began. */
export class RefundMoved extends Message {
  readonly refund: Refund;
  readonly verdict: Verdict;

  constructor(context: Context, refund: Refund, verdict: Verdict) {
    super(context);
    this.refund = refund;
    this.verdict = verdict;
  }
}

/** A refund that nobody asked for has begun: the trade shall know all that belongs to it. */
export class RefundJoined extends Message {
  readonly refund: string;

  constructor(context: Context, refund: string) {
    super(context);
    this.refund = refund;
  }
}

/** A channel order has moved. `token`: with what the payer is to act; null where there is none. */
export class ChannelMoved extends Message {
  readonly channelOrder: ChannelOrder;
  readonly token: PrepaidToken | null;

  constructor(context: Context, channelOrder: ChannelOrder, token: PrepaidToken | null = null) {
    super(context);
    this.channelOrder = channelOrder;
    this.token = token;
  }
}

/** A channel has given what its voucher was issued for. */
export class TokenGiven extends Message {
  readonly token: PrepaidToken;

  constructor(context: Context, token: PrepaidToken) {
    super(context);
    this.token = token;
  }
}

/** The channel shall end what was asked of it, by way of a voucher or not. */
export class CloseChannelOrder extends Message {}

/** Two people have decided. */
export class CaseDecided extends Message {
  readonly case: Case;

  constructor(context: Context, decided: Case) {
    super(context);
    this.case = decided;
  }
}
