// Settlement. A channel has paid what it owes for a bill: the bank has it, less what the channel keeps (RC2). It is about no
// order; its voucher names the bill, and its key makes it happen once.

import { ofBusiness } from '../../src/domain/context.ts';
import { FACT_KIND } from '../../src/domain/facts.ts';
import { channelAccount, houseAccount } from '../../src/domain/house-accounts.ts';
import type { VoucherDraft } from '../../src/domain/orders/voucher-draft.ts';
import { ALLOWED } from '../../src/domain/refusals.ts';
import type { Desk } from '../desk.ts';
import { Posting } from '../posting.ts';
import { requestOf } from './booking.ts';
import type { BookSettlement } from './reconciliation-commands.ts';

export function bookSettlement(desk: Desk, command: BookSettlement): void {
  const { context, keyed, settlement } = command;
  const { channel, bill, currency, total, fee } = settlement;
  const draft: VoucherDraft = {
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
    command.verdict = verdict;
    if (verdict === ALLOWED && voucher) {
      const { seq: answerSeq, index: answerIndex } = voucher;
      desk.emit({ kind: FACT_KIND.keyRemembered, context: own, ...keyed, answerSeq, answerIndex });
    }
    desk.commit.after(command);
  };
  new Posting(own, [requestOf(desk, context.merchant, draft)], { postingsDone }).begin(desk);
}
