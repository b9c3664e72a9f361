// Two merchants over the API: orders of one are not there for the other, on whatever way they are asked for.

import { beforeAll, describe, expect, it } from 'vitest';
import { transports, useApi } from './support/api.ts';
import { fresh } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';

const KEYS = { acme: { merchant: 'acme' }, globex: { merchant: 'globex' } };

describe.each(transports)('orders of two merchants over %s', (transport) => {
  const channel = new Channel();
  const api = useApi({ transport }, KEYS, channelOf(channel));
  let shop: Shop;
  let ids: { trade: string; payment: string; refund: string; withdrawal: string; topup: string };
  beforeAll(async () => {
    serve(api, channel);
    const http = api.as('acme');
    shop = await Shop.open(http, 1_000, 10);
    const trade = await shop.trade();
    const { body: paid } = await shop.pay(trade, 'balance');
    const post = async (path: string, body: object) =>
      (await http.post<{ id: string }>(path, body, fresh('key'))).body.id;
    const money = { account: shop.payer, amount: 10, currency: 'EUR' };
    ids = {
      trade,
      payment: paid.id,
      refund: await post(`/v1/trades/${trade}/refunds`, { amount: 5 }),
      withdrawal: await post('/v1/withdrawals', { ...money, destination: 'iban' }),
      topup: await post('/v1/topups', money),
    };
  });

  it('have order numbers of their own', async () => {
    const { out_trade_no: number } = await shop.get<{ out_trade_no: string }>(`/v1/trades/${ids.trade}`);
    const other = api.as('globex');
    expect((await other.get(`/v1/trades?out_trade_no=${number}`)).body).toMatchObject({ data: [] });
    const theirs = await Shop.open(other);
    expect(await theirs.trade({ out_trade_no: number })).not.toBe(ids.trade);
  });

  it('are not in the events of the other one, nor heard under their topics', async () => {
    const socket = await api.open({ bearer: api.token('globex') });
    for (const topic of ['payments', `trades:${ids.trade}`]) await socket.ask('subscribe', { topic });
    await shop.paid('balance');
    await api.as('globex').get('/v1/refusals');
    const { text } = await api.as('globex').get('/v1/events?limit=100');
    for (const id of Object.values(ids)) expect(text).not.toContain(id);
    expect(socket.heard.filter(({ event }) => event !== undefined)).toEqual([]);
  });
});
