// New trades. What a trade begins as, or why there cannot be one.

import { subjectsOfKind } from '../../src/domain/books/subjects.ts';
import type { Business, Context } from '../../src/domain/context.ts';
import { makeId } from '../../src/domain/ids.ts';
import { mayExpireAt } from '../../src/domain/orders/policies.ts';
import type { ProductType } from '../../src/domain/orders/products.ts';
import type { Trade, TradeType } from '../../src/domain/orders/trade.ts';
import { numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { Desk } from '../desk.ts';
import type { TradeRequest } from './order-commands.ts';
import { TradeCell } from './trade-cell.ts';

/** Its time: all else of the shape was judged before. */
const BODY_INVALID = numberOf('body_invalid');
const ACCOUNT_NOT_FOUND = numberOf('account_not_found');
const MISMATCH = numberOf('currency_mismatch');
const PRODUCT_UNKNOWN = numberOf('product_unknown');
const SWITCHED_OFF = numberOf('switched_off');
const PAYEES_INVALID = numberOf('payees_invalid');

/** Payees of one trade: all of them are paid by one request, and each has a place of two digits in its vouchers. */
const PAYEES_MAX = 100;

const SECOND_MS = 1_000;

/** Money that can be owed to a payee stands there; a top-up's where users' does. */
const MERCHANT_SUBJECT = 2004;
const USER_SUBJECT = 2001;

export function newTrade(desk: Desk, context: Context, request: TradeRequest): TradeCell | Verdict {
  const { timeMs } = desk.commit;
  if (request.expiresAtMs !== 0 && !mayExpireAt(request.expiresAtMs, timeMs)) return BODY_INVALID;
  const rules = desk.rulebook.current;
  const product = rules.product(request.product);
  if (!product || !isTradeType(product.type)) return PRODUCT_UNKNOWN;
  const refused = judgeTrade(desk, context.merchant, request, product.type);
  if (refused !== 0) return refused;
  const limited = rules.limits(request.product, request.amount);
  if (limited) return numberOf(limited.refused);
  if (desk.switches.isSet(product.type === 'topup' ? 'topups' : 'trades')) return SWITCHED_OFF;
  const { version: ruleVersion } = desk.rulebook.agree(context);
  const id = makeId('trd', timeMs, desk.entropy());
  const { expiresAfterSeconds } = rules.policy(request.product);
  const expiresAtMs = request.expiresAtMs === 0 ? timeMs + expiresAfterSeconds * SECOND_MS : request.expiresAtMs;
  const order: Trade = {
    kind: 'trade',
    id,
    createdAtMs: timeMs,
    version: 0,
    vouchers: [],
    ...request,
    type: product.type,
    ruleVersion,
    expiresAtMs,
    dueMs: expiresAtMs,
    status: 'open',
    payments: [],
    livePayment: '',
    paidBy: '',
    paid: 0,
    refunds: [],
    refundReserved: 0,
    refunded: 0,
    settled: 0,
    fee: 0,
    settleTries: 0,
  };
  const { merchant, traceId } = context;
  return new TradeCell(desk, { order, business: businessOf(order), merchant, traceId, seq: 0 });
}

function isTradeType(type: ProductType): type is TradeType {
  return type === 'instant' || type === 'escrow' || type === 'topup';
}

/** The accounts are there, in the trade's currency, of a kind that this sort of trade can pay. */
function judgeTrade(
  desk: Desk,
  merchant: string,
  { payer, payees, amount, currency }: TradeRequest,
  type: TradeType,
): Verdict {
  if (payees.length > PAYEES_MAX) return PAYEES_INVALID;
  if (payees.reduce((sum, payee) => sum + payee.amount, 0) !== amount) return PAYEES_INVALID;
  if (new Set(payees.map(({ account }) => account)).size !== payees.length) return PAYEES_INVALID;
  if (type === 'topup' && payees.length !== 1) return PAYEES_INVALID;
  if (payer !== '' && !desk.accounts.find(merchant, payer)) return ACCOUNT_NOT_FOUND;
  const subject = type === 'topup' ? USER_SUBJECT : MERCHANT_SUBJECT;
  for (const { account } of payees) {
    const found = desk.accounts.find(merchant, account)?.account;
    if (!found) return ACCOUNT_NOT_FOUND;
    if (found.currency !== currency) return MISMATCH;
    if (subjectsOfKind(found.kind).available !== subject) return PAYEES_INVALID;
  }
  return 0;
}

function businessOf({ type, product, ruleVersion, id, outTradeNo, payer, payees, currency }: Trade): Business {
  const payee = payees[0]?.account ?? '';
  return { orderType: type, product, ruleVersion, tradeId: id, outTradeNo, payer, payee, currency, payOrg: 'florin' };
}
