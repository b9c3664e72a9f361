// Trees of orders with very many payments and refunds: told in pages, and the page says so.

import { beforeAll, describe, expect, it } from 'vitest';
import type { TopUpResource } from '../../../src/gateway/order-resources/topup-resource.ts';
import type { TradeResource } from '../../../src/gateway/order-resources/trade-resource.ts';
import type { TreeResource } from '../../../src/gateway/order-resources/tree-resource.ts';
import type { Problem } from '../../../src/gateway/problem.ts';
import { transports, useApi } from './support/api.ts';
import { fresh } from './support/ledger.ts';
import { expectProblem } from './support/problem.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';

/** Attempts that come to nothing; one more pays, and then there are refunds. */
const ATTEMPTS = 99;
const REFUNDS = 5;

describe.each(transports)('trees over %s', (transport) => {
  const channel = new Channel();
  const api = useApi({ transport }, {}, channelOf(channel));
  let shop: Shop;
  let trade: TradeResource;
  beforeAll(async () => {
    serve(api, channel);
    shop = await Shop.open(api.http, 100, 10);
    const id = await shop.trade();
    for (let nth = 0; nth < ATTEMPTS; nth++) {
      const { body } = await shop.pay(id, 'balance', { capture: 'manual' });
      await api.http.post(`/v1/payments/${body.id}/cancel`, {}, fresh('key'));
    }
    await shop.pay(id, 'balance');
    for (let nth = 0; nth < REFUNDS; nth++) {
      await api.http.post(`/v1/trades/${id}/refunds`, { amount: 1 }, fresh('key'));
    }
    trade = await shop.get(`/v1/trades/${id}`);
  }, 60_000);

  const treeOf = (query: string) => shop.get<TreeResource>(`/v1/orders/${trade.id}/tree${query}`);
  const idsIn = ({ trade: root }: TreeResource) =>
    [...(root?.payments ?? []), ...(root?.refunds ?? [])].map(({ id }) => id);

  it('has a hundred orders at most, and says that there are more', async () => {
    const all = [...trade.payments, ...trade.refunds];
    expect(all).toHaveLength(ATTEMPTS + 1 + REFUNDS);
    const first = await treeOf('');
    expect([idsIn(first), first.has_more]).toEqual([all.slice(0, 100), true]);
    expect(first.trade?.refunds).toEqual([]);
    const rest = await treeOf(`?starting_after=${all[99]}`);
    expect([idsIn(rest), rest.has_more]).toEqual([all.slice(100), false]);
    expect(rest.trade).toMatchObject({ id: trade.id, refunded: REFUNDS });
    expect(rest.vouchers).toContain(trade.vouchers[0]);
    expect(rest.vouchers.length).toBeLessThan(20);
  });

  it('in pages of any size, forwards and backwards', async () => {
    const all = [...trade.payments, ...trade.refunds];
    const forwards: string[] = [];
    for (let hasMore = true, after = ''; hasMore; after = `&starting_after=${forwards.at(-1)}`) {
      const page = await treeOf(`?limit=40${after}`);
      forwards.push(...idsIn(page));
      hasMore = page.has_more;
    }
    expect(forwards).toEqual(all);
    for (const [place, size, hasMore] of [
      [104, 100, true],
      [100, 100, false],
      [3, 2, true],
      [2, 2, false],
      [0, 2, false],
    ] as const) {
      const page = await treeOf(`?limit=${size}&ending_before=${all[place]}`);
      expect([idsIn(page), page.has_more]).toEqual([all.slice(Math.max(0, place - size), place), hasMore]);
    }
  });

  it('refuses what is no page of it', async () => {
    for (const [query, param] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['starting_after=pay_nothing', 'starting_after'],
      [`ending_before=${trade.id}`, 'ending_before'],
      [`starting_after=${trade.payments[0]}&ending_before=${trade.payments[0]}`, 'ending_before'],
      ['colour=red', 'colour'],
    ]) {
      const { status, body } = await api.http.get<Problem>(`/v1/orders/${trade.id}/tree?${query}`);
      expectProblem(body, 'query_invalid');
      expect([query, status, body.param]).toEqual([query, 400, param]);
    }
  });

  it('knows the latest attempt of a top-up, however many there were', async () => {
    const body = { account: shop.payer, amount: 10, currency: 'EUR' };
    const first = (await api.http.post<TopUpResource>('/v1/topups', body, fresh('key'))).body;
    await channel.answer(await channel.next(), { class: 'failed', failure: 'declined' });
    const second = (await shop.pay(first.id, 'channel')).body;
    await channel.answer(await channel.next(), { class: 'succeeded', amount: 10, currency: 'EUR' });
    expect(await shop.get(`/v1/topups/${first.id}`)).toMatchObject({ payment: second.id, status: 'succeeded' });
  });
});
