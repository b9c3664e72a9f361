// Channel. Pays with money from outside: a card, a bank, a wallet. It is here when the channel says so.

import { channelAccount, houseAccount } from '../house-accounts.ts';
import type { Instrument } from './instrument.ts';
import { returned } from './returned.ts';

export const channel: Instrument = {
  name: 'channel',
  external: true,
  subject: 1110,
  source: ({ channel: name, currency }) => (name === '' ? null : channelAccount(name, currency)),
  reserve: () => [],
  complete: ({ payment: { id, currency }, place, instruction }, amount, occurrence) => [
    {
      code: 'PY1',
      segment: 1,
      occurrence: occurrence * 100 + place,
      order: id,
      currency,
      parties: { channel: instruction.account, payment_transit: houseAccount('payment_transit', currency) },
      shares: { total: amount },
    },
  ],
  undo: () => [],
  refund: (leg, refund) => [returned(leg, refund)],
};
