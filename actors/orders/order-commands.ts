// Commands about orders. What the outside asks of them; each is answered with the order as it was after it.

import type { Business, Context } from '../../src/domain/context.ts';
import type { CheckSaid, NeededChecks } from '../../src/domain/orders/checks.ts';
import type { Order, OrderKind } from '../../src/domain/orders/order.ts';
import type { Payee } from '../../src/domain/orders/trade.ts';
import { numberOf, type Verdict } from '../../src/domain/refusals.ts';
import { Command, type Page, type RequestKey } from '../commands.ts';

/** An order, and when its fact was made, ms since 1970. `outTradeNo`: of the trade that it belongs to; '' for none. */
export type ShownOrder = { readonly order: Order; readonly timeMs: number; readonly outTradeNo: string };

/** Why it is told that there is no such order. */
const NOT_FOUND = {
  trade: numberOf('trade_not_found'),
  payment: numberOf('payment_not_found'),
  refund: numberOf('refund_not_found'),
  withdrawal: numberOf('withdrawal_not_found'),
  case: numberOf('case_not_found'),
  channel_order: numberOf('order_not_found'),
  external_voucher: numberOf('order_not_found'),
} as const satisfies Record<OrderKind, Verdict>;

export abstract class OrderCommand extends Command {
  /** Which sort of order it is about. */
  readonly kind: OrderKind;
  /** The order that it is about; '' where it makes a new one. */
  readonly target: string;
  readonly keyed: RequestKey;
  shown: ShownOrder | null = null;

  constructor(context: Context, about: About, keyed: RequestKey, reply: (command: never) => void) {
    super(context, reply);
    this.kind = about.kind;
    this.target = about.id;
    this.keyed = keyed;
  }

  get notFound(): Verdict {
    return NOT_FOUND[this.kind];
  }
}

/** `id`: '' where it makes a new one. */
export type About = { readonly kind: OrderKind; readonly id: string };

export type Reply = (command: OrderCommand) => void;

/** `expiresAtMs`: 0 takes the product's own. */
export type TradeRequest = {
  readonly outTradeNo: string;
  readonly product: string;
  readonly payer: string;
  readonly payees: readonly Payee[];
  readonly amount: number;
  readonly currency: string;
  readonly expiresAtMs: number;
};

export class CreateTrade extends OrderCommand {
  readonly request: TradeRequest;

  constructor(context: Context, request: TradeRequest, keyed: RequestKey, reply: Reply) {
    super(context, { kind: 'trade', id: '' }, keyed, reply);
    this.request = request;
  }
}

/** `account`, `channel`: '' where the payer named none. `amount`: 0 takes what remains to be paid. */
export type AskedInstrument = {
  readonly type: string;
  readonly account: string;
  readonly channel: string;
  readonly amount: number;
};

export type PayRequest = {
  readonly instruments: readonly AskedInstrument[];
  readonly capture: 'automatic' | 'manual';
  /** What was asked about it, and said; absent before. */
  readonly checks?: readonly CheckSaid[];
};

export class PayTrade extends OrderCommand {
  readonly request: PayRequest;
  /** Checks that have to be asked first; null when it was carried out or refused. */
  needs: NeededChecks | null = null;

  constructor(context: Context, trade: string, request: PayRequest, keyed: RequestKey, reply: Reply) {
    super(context, { kind: 'trade', id: trade }, keyed, reply);
    this.request = request;
  }
}

export class ConfirmTrade extends OrderCommand {}

export class CloseTrade extends OrderCommand {}

/** `amount`: 0 for all that is left of it. */
export class RefundTrade extends OrderCommand {
  readonly amount: number;
  readonly reason: string;

  constructor(
    context: Context,
    trade: string,
    { amount, reason }: { readonly amount: number; readonly reason: string },
    keyed: RequestKey,
    reply: Reply,
  ) {
    super(context, { kind: 'trade', id: trade }, keyed, reply);
    this.amount = amount;
    this.reason = reason;
  }
}

/** `amount`: 0 for all that remains of it. */
export class CapturePayment extends OrderCommand {
  readonly amount: number;

  constructor(context: Context, payment: string, amount: number, keyed: RequestKey, reply: Reply) {
    super(context, { kind: 'payment', id: payment }, keyed, reply);
    this.amount = amount;
  }
}

export class CancelPayment extends OrderCommand {}

/** A top-up: a trade for the account itself, paid by a channel. */
export class TopUp extends OrderCommand {
  readonly request: TopUpRequest;
  /** Checks that have to be asked first; null when it was carried out or refused. */
  needs: NeededChecks | null = null;

  constructor(context: Context, request: TopUpRequest, keyed: RequestKey, reply: Reply) {
    super(context, { kind: 'trade', id: '' }, keyed, reply);
    this.request = request;
  }
}

export type TopUpRequest = {
  readonly outTradeNo: string;
  readonly account: string;
  readonly channel: string;
  readonly amount: number;
  readonly currency: string;
  /** As in a request to pay. */
  readonly checks?: readonly CheckSaid[];
};

export type WithdrawalRequest = {
  readonly account: string;
  readonly channel: string;
  readonly destination: string;
  readonly amount: number;
  readonly currency: string;
};

export class Withdraw extends OrderCommand {
  readonly request: WithdrawalRequest;

  constructor(context: Context, request: WithdrawalRequest, keyed: RequestKey, reply: Reply) {
    super(context, { kind: 'withdrawal', id: '' }, keyed, reply);
    this.request = request;
  }
}

/** A second person agrees to a refund or a withdrawal. */
export class Approve extends OrderCommand {}

/** Nothing was sent yet: a withdrawal or a refund is given up. */
export class Cancel extends OrderCommand {}

/** What somebody proposes for a case, or '' to agree with what was proposed. */
export class DecideCase extends OrderCommand {
  readonly decision: string;

  constructor(context: Context, id: string, decision: string, keyed: RequestKey, reply: Reply) {
    super(context, { kind: 'case', id }, keyed, reply);
    this.decision = decision;
  }
}

/** What a watch has found; `order` '' where it is about none, and `business` null where it belongs to none. */
export type FoundBreach = {
  readonly order: string;
  readonly amount: number;
  readonly currency: string;
  readonly detail: string;
  readonly business: Business | null;
};

/** Something is as it must never be: people have to look at it. Its key says which finding it is. */
export class OpenBreach extends OrderCommand {
  readonly breach: FoundBreach;

  constructor(context: Context, breach: FoundBreach, keyed: RequestKey, reply: Reply) {
    super(context, { kind: 'case', id: '' }, keyed, reply);
    this.breach = breach;
  }
}

export class ReadOrder extends OrderCommand {}

/** The trade of the merchant's order number. */
export class FindTrade extends Command {
  readonly outTradeNo: string;
  shown: ShownOrder | null = null;

  constructor(context: Context, outTradeNo: string, reply: (command: FindTrade) => void) {
    super(context, reply);
    this.outTradeNo = outTradeNo;
  }
}

/** An order with what belongs to it, as they are at the same time: of its payments and refunds, in this order, a page. */
export type OrderTree = {
  /** The trade, or the withdrawal. */
  readonly root: ShownOrder;
  readonly payments: readonly ShownOrder[];
  readonly refunds: readonly ShownOrder[];
  readonly channelOrders: readonly ShownOrder[];
  /** External vouchers. */
  readonly vouchers: readonly ShownOrder[];
  /** The latest attempt to pay it, on whichever page; null for none. */
  readonly attempt: ShownOrder | null;
  readonly hasMore: boolean;
};

/** Everything that belongs together with an order or voucher of this id. `page`: of payments and refunds, by their ids. */
export class ReadTree extends Command {
  readonly id: string;
  readonly page: Page;
  tree: OrderTree | null = null;

  constructor(context: Context, id: string, page: Page, reply: (command: ReadTree) => void) {
    super(context, reply);
    this.id = id;
    this.page = page;
  }
}

/** A case, and whose it is. */
export type ListedCase = { readonly merchant: string; readonly shown: ShownOrder };

/** Cases that are not resolved, of all merchants, the oldest first. `status`: '' for any. */
export class ListCases extends Command {
  readonly status: string;
  readonly page: Page;
  cases: ListedCase[] = [];
  hasMore = false;

  constructor(context: Context, status: string, page: Page, reply: (command: ListCases) => void) {
    super(context, reply);
    this.status = status;
    this.page = page;
  }
}
