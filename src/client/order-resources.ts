// Order resources. Trades, payments, refunds, top-ups and withdrawals: the methods of a client that make, read and move them.

import type { Caller } from './caller.ts';
import type { CallOptions } from './client-options.ts';
import type {
  NewTopUp,
  NewTrade,
  NewWithdrawal,
  OrderTree,
  Payment,
  PayRequest,
  Refund,
  RefundRequest,
  TopUp,
  Trade,
  Withdrawal,
} from './order-types.ts';
import { queryText } from './routes.ts';
import type { Amount, Page, PageQuery } from './transfer-types.ts';

class Resource {
  protected readonly caller: Caller;

  constructor(caller: Caller) {
    this.caller = caller;
  }
}

export class Trades extends Resource {
  create(trade: NewTrade, options: CallOptions = {}): Promise<Trade> {
    return this.caller.operation('trades.create', trade, options, true);
  }

  get(id: string): Promise<Trade> {
    return this.caller.operation('trades.get', { id }, {}, false);
  }

  /** By the merchant's own number; null when there is none. */
  async find(outTradeNo: string): Promise<Trade | null> {
    const path = `/v1/trades${queryText({ out_trade_no: outTradeNo })}`;
    const { data } = await this.caller.request<Page<Trade>>('GET', path);
    return data[0] ?? null;
  }

  /** With `wait` it answers when the payment has come to an end, or the time is over. */
  pay(id: string, request: PayRequest, options: CallOptions = {}): Promise<Payment> {
    return this.caller.operation('trades.pay', { id, ...request }, options, true);
  }

  confirm(id: string, options: CallOptions = {}): Promise<Trade> {
    return this.caller.operation('trades.confirm', { id }, options, true);
  }

  close(id: string, options: CallOptions = {}): Promise<Trade> {
    return this.caller.operation('trades.close', { id }, options, true);
  }

  /** All that can still go back where no amount is said. */
  refund(id: string, request: RefundRequest = {}, options: CallOptions = {}): Promise<Refund> {
    return this.caller.operation('trades.refund', { id, ...request }, options, true);
  }
}

export class Payments extends Resource {
  get(id: string, options: Pick<CallOptions, 'wait'> = {}): Promise<Payment> {
    return this.caller.operation('payments.get', { id }, options, false);
  }

  capture(id: string, { amount, ...options }: CallOptions & { readonly amount?: Amount } = {}): Promise<Payment> {
    const body = { id, ...(amount === undefined ? {} : { amount }) };
    return this.caller.operation('payments.capture', body, options, true);
  }

  cancel(id: string, options: CallOptions = {}): Promise<Payment> {
    return this.caller.operation('payments.cancel', { id }, options, true);
  }
}

export class Refunds extends Resource {
  get(id: string, options: Pick<CallOptions, 'wait'> = {}): Promise<Refund> {
    return this.caller.operation('refunds.get', { id }, options, false);
  }

  approve(id: string, options: CallOptions = {}): Promise<Refund> {
    return this.caller.operation('refunds.approve', { id }, options, true);
  }

  cancel(id: string, options: CallOptions = {}): Promise<Refund> {
    return this.caller.operation('refunds.cancel', { id }, options, true);
  }
}

export class TopUps extends Resource {
  create(topUp: NewTopUp, options: CallOptions = {}): Promise<TopUp> {
    return this.caller.operation('topups.create', topUp, options, true);
  }

  get(id: string, options: Pick<CallOptions, 'wait'> = {}): Promise<TopUp> {
    return this.caller.operation('topups.get', { id }, options, false);
  }
}

export class Withdrawals extends Resource {
  create(withdrawal: NewWithdrawal, options: CallOptions = {}): Promise<Withdrawal> {
    return this.caller.operation('withdrawals.create', withdrawal, options, true);
  }

  get(id: string, options: Pick<CallOptions, 'wait'> = {}): Promise<Withdrawal> {
    return this.caller.operation('withdrawals.get', { id }, options, false);
  }

  approve(id: string, options: CallOptions = {}): Promise<Withdrawal> {
    return this.caller.operation('withdrawals.approve', { id }, options, true);
  }

  cancel(id: string, options: CallOptions = {}): Promise<Withdrawal> {
    return this.caller.operation('withdrawals.cancel', { id }, options, true);
  }
}

export class Orders extends Resource {
  /** Everything that belongs together with an order, from any id of it. */
  tree(id: string, query: PageQuery = {}): Promise<OrderTree> {
    return this.caller.request('GET', `/v1/orders/${encodeURIComponent(id)}/tree${queryText(query)}`);
  }
}
