// Gift card: a means of payment that the engine does not ship. One file, and a line in the rules.

import { balance } from '../../../../src/domain/instruments/balance.ts';
import type { Instrument } from '../../../../src/domain/instruments/instrument.ts';

/** Pays from the card's own account, which the payer names. */
export const giftCard: Instrument = {
  ...balance,
  name: 'gift_card',
  source: ({ account }) => (account === '' ? null : account),
};
