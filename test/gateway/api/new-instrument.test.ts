// A means of payment that the engine does not ship, over the API: its plug-in and the rules are all that there is of it.

import { beforeAll, describe, expect, it } from 'vitest';
import { INSTRUMENTS, Instruments } from '../../../src/domain/instruments/instruments.ts';
import type { PaymentResource } from '../../../src/gateway/order-resources/payment-resource.ts';
import type { RefundResource } from '../../../src/gateway/order-resources/refund-resource.ts';
import { giftCard } from '../../actors/orders/support/gift-card.ts';
import { changed } from '../../actors/orders/support/rules.ts';
import { transports, useApi } from './support/api.ts';
import { bodyOf, codeOf, fresh, openWith } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';
import { surfaces } from './support/surfaces.ts';

const rules = changed('with-cards', ({ instruments, combinations }) => {
  instruments.unshift({ name: 'gift_card', reversible: true, external: false });
  combinations.standard.allowed.push(['gift_card', 'channel']);
});

describe.each(transports)('a gift card over %s', (transport) => {
  const channel = new Channel();
  const instruments = new Instruments([...INSTRUMENTS, giftCard]);
  const api = useApi({ transport }, {}, { payments: { rules, instruments, outside: channel } });
  let shop: Shop;
  beforeAll(async () => {
    serve(api, channel);
    shop = await Shop.open(api.http, 0, 10);
  });

  it.each(surfaces)('pays together with a channel, and is refunded, asked by %s', async (surface) => {
    const card = await openWith(api, 25);
    const trade = await shop.trade();
    const asked = [{ type: 'gift_card', account: card, amount: 25 }, { type: 'channel' }];
    const paid = bodyOf(
      await api.ask<PaymentResource>(surface, 'trades.pay', { id: trade, instruments: asked }, fresh('key')),
    );
    expect(paid.instruments.map(({ type, amount }) => [type, amount])).toEqual([['gift_card', 25], ['channel', 35]]); // prettier-ignore
    await channel.answer(await channel.next(), { class: 'succeeded', amount: 35, currency: 'EUR' });
    expect(await shop.get(`/v1/payments/${paid.id}`)).toMatchObject({ status: 'succeeded' });
    expect(await shop.available(card)).toBe(0);
    const refund = bodyOf(await api.ask<RefundResource>(surface, 'trades.refund', { id: trade }, fresh('key')));
    await channel.answer(await channel.next(), { class: 'succeeded', amount: 35, currency: 'EUR' });
    expect(await shop.get(`/v1/refunds/${refund.id}`)).toMatchObject({ status: 'succeeded', amount: 60 });
    expect(await shop.available(card)).toBe(25);
  });
});

describe('where there is no such plug-in', () => {
  const api = useApi({ transport: 'node' }, {}, channelOf(new Channel()));

  it.each(surfaces)('nobody pays with it, asked by %s', async (surface) => {
    const trade = await (await Shop.open(api.http)).trade();
    const body = { id: trade, instruments: [{ type: 'gift_card', account: 'card' }] };
    expect(codeOf(await api.ask(surface, 'trades.pay', body, fresh('key')))).toBe('instruments_invalid');
  });
});
