// Settlement. A channel has paid what it owes for a bill: the bank has it, less what the channel keeps (RC2). It is about no
// order; its voucher names the bill, and its key makes it happen once.
//
// T1. What is refused becomes a case, once, however often it is tried again.

import { ofBusiness, type OrderContext } from '../../src/domain/context.ts';
import { FACT_KIND } from '../../src/domain/facts.ts';
import { channelAccount, houseAccount } from '../../src/domain/house-accounts.ts';
import { isAmount } from '../../src/domain/money.ts';
import type { VoucherDraft } from '../../src/domain/orders/voucher-draft.ts';
import { ALLOWED, numberOf, refusalOf, type Verdict } from '../../src/domain/refusals.ts';
import type { Desk } from '../desk.ts';
import { Posting } from '../posting.ts';
import { requestOf } from './booking.ts';
import { newCase } from './case-cell.ts';
import { logOrder } from './order-log.ts';
import type { BookSettlement, Settlement } from './reconciliation-commands.ts';

const AMOUNT_INVALID = numberOf('amount_invalid');

export function bookSettlement(desk: Desk, command: BookSettlement): void {
  const { context, keyed, settlement } = command;
  const { channel, currency, total, fee } = settlement;
  const business = {
    orderType: 'settlement',
    product: '',
    ruleVersion: '',
    tradeId: '',
    outTradeNo: '',
    payer: '',
    payee: '',
    currency,
    payOrg: channel,
  };
  const own = ofBusiness(context, business);
  const postingsDone = ({ verdict, posted }: Posting): void => {
    const [voucher] = posted;
    if (verdict !== ALLOWED || !voucher) return refuse(desk, own, command, verdict);
    const { seq: answerSeq, index: answerIndex } = voucher;
    desk.emit({ kind: FACT_KIND.keyRemembered, context: own, ...keyed, answerSeq, answerIndex });
    desk.commit.after(command);
  };
  if (!isAmount(total) || fee < 0 || fee > total) return refuse(desk, own, command, AMOUNT_INVALID);
  new Posting(own, [requestOf(desk, context.merchant, draftOf(settlement))], { postingsDone }).begin(desk);
}

/** Nothing is booked: people have to see why (T1). */
function refuse(desk: Desk, context: OrderContext, command: BookSettlement, verdict: Verdict): void {
  const { merchant, traceId, business } = context;
  const { channel, bill, currency, total, fee } = command.settlement;
  command.verdict = verdict;
  desk.commit.after(command);
  const keyed = { key: `refused ${command.keyed.key}`, fingerprint: '' };
  if (desk.names.findKey(merchant, keyed.key)) return;
  const why = refusalOf(verdict);
  const detail = `${channel} has paid ${total} ${currency}, fee ${fee}, for bill ${bill}; it cannot be booked: ${why}.`;
  const about = { desk, merchant, traceId, business };
  const cell = newCase(about, { type: 'settlement_refused', order: '', amount: total, currency, detail });
  cell.state(context, keyed);
  logOrder(cell, 'case_opened', context);
}

function draftOf({ channel, bill, currency, total, fee }: Settlement): VoucherDraft {
  return {
    code: 'RC2',
    segment: 1,
    occurrence: 1,
    order: bill,
    currency,
    parties: {
      bank: houseAccount('bank', currency),
      fee: houseAccount('channel_fee', currency),
      channel: channelAccount(channel, currency),
    },
    shares: { net: total - fee, fee, total },
  };
}
