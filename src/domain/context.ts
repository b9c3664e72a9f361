// Context. The business identity of one request; it travels in every message, every fact and every log line.
//
// X1. A context is made once, at the edge, and never changed. X2. A message or fact without one does not compile.
// X3. What belongs to an order has the order's root in it, which is the same in all that ever belongs to it.

export type Origin = 'http' | 'ws' | 'timer' | 'operator';

/** The root of an order, agreed on when it was made: '' for what it does not have. */
export type Business = {
  readonly orderType: string;
  /** Product code of the rules, and which version of them. */
  readonly product: string;
  readonly ruleVersion: string;
  readonly tradeId: string;
  /** The merchant's order number. */
  readonly outTradeNo: string;
  readonly payer: string;
  readonly payee: string;
  readonly currency: string;
  /** Who carries the payment out. */
  readonly payOrg: string;
};

export type Context = {
  /** Of the layout in which it is written: 2 with a business root, 1 without. */
  readonly version: 1 | 2;
  /** Tenant; taken from the API key, never from the request. '' for what concerns no single one: a day opened. */
  readonly merchant: string;
  readonly origin: Origin;
  /** Names the request in logs and problem documents. */
  readonly requestId: string;
  /** W3C trace id (32 hex digits), '' when the client sent none. */
  readonly traceId: string;
  /** Stress traffic; set at the edge only. */
  readonly shadow: boolean;
  /** Id of the key under which it was asked; '' for nobody. In the journal only as part of an order. */
  readonly by: string;
  /** null for what belongs to no order. */
  readonly business: Business | null;
};

/** Of a request about an order. */
export type OrderContext = Context & { readonly business: Business };

// prettier-ignore
type PlainRow = [version: 1, merchant: string, origin: Origin, requestId: string, traceId: string, shadow: boolean];
// prettier-ignore
type BusinessRow = [
  version: 2, merchant: string, origin: Origin, requestId: string, traceId: string, shadow: boolean,
  orderType: string, product: string, ruleVersion: string, tradeId: string, outTradeNo: string,
  payer: string, payee: string, currency: string, payOrg: string, by: string,
];

export type ContextRow = PlainRow | BusinessRow;

/** The same request, as part of an order. */
export function ofBusiness(context: Context, business: Business): OrderContext {
  return { ...context, version: 2, business };
}

/** Do both belong to the same order, or neither to any? A root that changed on the way is refused. */
export function sameBusiness(one: Business | null, other: Business | null): boolean {
  if (one === null || other === null || one === other) return one === other;
  return (
    one.orderType === other.orderType &&
    one.product === other.product &&
    one.ruleVersion === other.ruleVersion &&
    one.tradeId === other.tradeId &&
    one.outTradeNo === other.outTradeNo &&
    one.payer === other.payer &&
    one.payee === other.payee &&
    one.currency === other.currency &&
    one.payOrg === other.payOrg
  );
}

export function contextRow({ merchant, origin, requestId, traceId, shadow, by, business }: Context): ContextRow {
  if (business === null) return [1, merchant, origin, requestId, traceId, shadow];
  const { orderType, product, ruleVersion, tradeId, outTradeNo, payer, payee, currency, payOrg } = business;
  // prettier-ignore
  return [2, merchant, origin, requestId, traceId, shadow, orderType, product, ruleVersion, tradeId, outTradeNo, payer, payee, currency, payOrg, by];
}

/** @throws Error for a row of another layout: a journal written by a newer version. */
export function readContext(row: ContextRow): Context {
  switch (row[0]) {
    case 1: {
      const [version, merchant, origin, requestId, traceId, shadow] = row;
      return { version, merchant, origin, requestId, traceId, shadow, by: '', business: null };
    }
    case 2: {
      // prettier-ignore
      const [version, merchant, origin, requestId, traceId, shadow, orderType, product, ruleVersion, tradeId, outTradeNo, payer, payee, currency, payOrg, by] = row;
      const business = { orderType, product, ruleVersion, tradeId, outTradeNo, payer, payee, currency, payOrg };
      return { version, merchant, origin, requestId, traceId, shadow, by, business };
    }
    default:
      throw new Error(`context of unknown version ${String((row as unknown[])[0])}`);
  }
}
