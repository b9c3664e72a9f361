// New payments. What an attempt to pay a trade begins as: its plan by the rules of the trade, or why there is none.

import { subjectsOfKind } from '../../src/domain/books/subjects.ts';
import { houseKindOf, isHouse } from '../../src/domain/house-accounts.ts';
import { makeId } from '../../src/domain/ids.ts';
import type { PlannedLeg } from '../../src/domain/orders/combinations.ts';
import type { Instruction } from '../../src/domain/orders/instruction.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import { addAttempt } from '../../src/domain/orders/trade-amounts.ts';
import { ALLOWED, firstOf, numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { Desk } from '../desk.ts';
import type { OrderCell } from './order-cell.ts';
import type { PayRequest } from './order-commands.ts';
import { PaymentCell } from './payment-cell.ts';
import { channelFor } from './route.ts';

const ACCOUNT_NOT_FOUND = numberOf('account_not_found');
const MISMATCH = numberOf('currency_mismatch');
const INSTRUMENTS_INVALID = numberOf('instruments_invalid');

/** An attempt by these instruments, or why there cannot be one: a trade that is not open says so before its rules do. */
export function newPayment(trade: OrderCell<Trade>, request: PayRequest): PaymentCell | Verdict {
  const planned = planPayment(trade, request);
  if (typeof planned !== 'number') return planned;
  const next = addAttempt(trade.order, '', trade.desk.commit.timeMs);
  return 'refused' in next ? firstOf(planned, numberOf(next.refused)) : planned;
}

function planPayment(trade: OrderCell<Trade>, { instruments, capture }: PayRequest): PaymentCell | Verdict {
  const { desk, merchant, business, traceId } = trade.origin;
  const { order } = trade;
  const rules = desk.rulebook.of(order.ruleVersion);
  const asked = instruments.map(({ type: instrument, ...rest }) => ({ instrument, ...rest }));
  const plan = rules.plan(order.product, order.amount, asked);
  if ('refused' in plan) return numberOf(plan.refused);
  const instructions: Instruction[] = [];
  for (const leg of plan.legs) {
    const instruction = instructionOf(trade, leg);
    if (typeof instruction === 'number') return instruction;
    instructions.push(instruction);
  }
  const external = plan.legs.filter((leg) => leg.external).length;
  // A payment follows one channel order; what a channel only authorizes is not known here.
  if (external > 1 || (capture === 'manual' && external > 0)) return INSTRUMENTS_INVALID;
  const { timeMs } = desk.commit;
  const payment: Payment = {
    kind: 'payment',
    id: makeId('pay', timeMs, desk.entropy()),
    createdAtMs: timeMs,
    version: 0,
    dueMs: timeMs,
    vouchers: [],
    trade: order.id,
    attempt: order.payments.length + 1,
    payer: order.payer,
    amount: order.amount,
    currency: order.currency,
    capture,
    captures: 0,
    canceling: false,
    reserved: [],
    undone: 0,
    status: 'created',
    instructions,
    failure: '',
    unknownSinceMs: 0,
    actionUrl: '',
  };
  const { product, currency } = order;
  const limited = desk.dayUses.judge(rules, { merchant, product, currency }, payment);
  if (limited) return numberOf(limited.refused);
  return new PaymentCell(desk, { order: payment, business, merchant, traceId, seq: 0 });
}

function instructionOf({ order, desk, merchant }: OrderCell<Trade>, leg: PlannedLeg): Instruction | Verdict {
  const { currency, payer, product, ruleVersion } = order;
  const rules = desk.rulebook.of(ruleVersion);
  const channel = leg.external
    ? channelFor(desk, rules, { merchant, product, currency, amount: leg.amount }, leg.channel)
    : '';
  if (typeof channel === 'number') return channel;
  const instrument = desk.instruments.of(leg.instrument);
  const account = instrument.source({ account: leg.account, payer, channel, currency });
  if (account === null) return INSTRUMENTS_INVALID;
  const refused = judgeSource(desk, merchant, { account, currency }, instrument.subject);
  if (refused !== ALLOWED) return refused;
  const { amount } = leg;
  return {
    instrument: leg.instrument,
    account,
    channel,
    amount,
    status: 'planned',
    channelOrder: '',
    authorized: 0,
    captured: 0,
    refundReserved: 0,
    refunded: 0,
  };
}

/** The account is there, in the trade's currency, and of the sort that the instrument pays from. */
function judgeSource(
  desk: Desk,
  merchant: string,
  { account, currency }: { readonly account: string; readonly currency: string },
  subject: number,
): Verdict {
  const found = desk.accounts.find(merchant, account)?.account;
  if (!found && !isHouse(account)) return ACCOUNT_NOT_FOUND;
  if (found && found.currency !== currency) return MISMATCH;
  return subjectsOfKind(found?.kind ?? houseKindOf(account)).available === subject ? ALLOWED : INSTRUMENTS_INVALID;
}
