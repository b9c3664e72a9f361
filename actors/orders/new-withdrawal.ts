// New withdrawals. What a withdrawal begins as, or why there cannot be one.

import { subjectsOfKind } from '../../src/domain/books/subjects.ts';
import { makeId } from '../../src/domain/ids.ts';
import type { Withdrawal } from '../../src/domain/orders/withdrawal.ts';
import { ALLOWED, numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { Desk } from '../desk.ts';
import type { Withdraw } from './order-commands.ts';
import { channelFor, isOutflowOff } from './route.ts';
import { WithdrawalCell } from './withdrawal-cell.ts';

const ACCOUNT_NOT_FOUND = numberOf('account_not_found');
const MISMATCH = numberOf('currency_mismatch');
const SWITCHED_OFF = numberOf('switched_off');
const PAYEES_INVALID = numberOf('payees_invalid');

/** Money that belongs to somebody, and can be withdrawn. */
const OWNED: readonly number[] = [2001, 2004];

/** Which product withdrawals are of. */
const WITHDRAWAL_PRODUCT = 'withdrawal';

export function newWithdrawal(desk: Desk, { context, request }: Withdraw): WithdrawalCell | Verdict {
  const { account, amount, currency, destination } = request;
  const { merchant } = context;
  const found = desk.accounts.find(merchant, account)?.account;
  if (!found) return ACCOUNT_NOT_FOUND;
  if (found.currency !== currency) return MISMATCH;
  if (!OWNED.includes(subjectsOfKind(found.kind).available)) return PAYEES_INVALID;
  const { current } = desk.rulebook;
  const day = { merchant, product: WITHDRAWAL_PRODUCT, currency };
  const limited =
    current.limits(WITHDRAWAL_PRODUCT, amount) ??
    desk.dayUses.judge(current, day, { kind: 'withdrawal', account, amount });
  if (limited) return numberOf(limited.refused);
  if (desk.switches.isSet('withdrawals') || isOutflowOff(desk, WITHDRAWAL_PRODUCT)) return SWITCHED_OFF;
  const rules = desk.rulebook.agree(context);
  const channel = channelFor(desk, rules, { ...day, amount }, request.channel);
  if (typeof channel === 'number') return channel;
  const stopped = desk.orders.outflow.refuse(merchant, WITHDRAWAL_PRODUCT);
  if (stopped !== ALLOWED) return stopped;
  const { timeMs } = desk.commit;
  const order: Withdrawal = {
    kind: 'withdrawal',
    id: makeId('wdr', timeMs, desk.entropy()),
    createdAtMs: timeMs,
    version: 0,
    dueMs: timeMs,
    vouchers: [],
    product: WITHDRAWAL_PRODUCT,
    ruleVersion: rules.version,
    account,
    channel,
    destination,
    amount,
    fee: rules.fee(WITHDRAWAL_PRODUCT, amount),
    currency,
    status: 'created',
    channelOrder: '',
    failure: '',
    unknownSinceMs: 0,
    requestedBy: '',
    approvedBy: '',
  };
  const { product, ruleVersion } = order;
  const business = {
    orderType: 'withdrawal',
    product,
    ruleVersion,
    tradeId: '',
    outTradeNo: '',
    payer: account,
    payee: '',
    currency,
    payOrg: 'florin',
  };
  return new WithdrawalCell(desk, { order, business, merchant, traceId: context.traceId, seq: 0 });
}
