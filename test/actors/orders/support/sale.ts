// Sale: of 60, that a channel is asked for; and where that leaves the customer.

import type { Report } from '../../../../actors/orders/outside.ts';
import type { ChannelOrder } from '../../../../src/domain/orders/channel-order.ts';
import type { Shop } from './shop.ts';

export type Sale = { readonly trade: string; readonly order: ChannelOrder };

/** `said`: what the channel answers to it; null for nothing. */
export async function sale(shop: Shop, said: Partial<Report> | null, instruments: string): Promise<Sale> {
  const trade = await shop.trade();
  await shop.pay(trade, instruments);
  const call = await shop.provider.next();
  if (said) await shop.provider.answer(call, said);
  return { trade, order: call.order };
}

/** What the customer has given, minor units: from the account, and by the channel. */
export function customerOf(shop: Shop): { readonly balance: number; readonly card: number } {
  const { alice = 0, 'alice held': held = 0, '@channel:simulator:EUR': channel = 0 } = shop.money();
  return { balance: 100 - alice - held, card: 0 - channel };
}
