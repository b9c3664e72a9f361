// Two merchants × everything that can be asked, over HTTP and over WebSocket: what the one has is not there for the other. The
// table of routes says what there is to try: a new route, or a new sort of id, that is not tried here fails.

import { beforeAll, describe, expect, it } from 'vitest';
import { Instruments } from '../../../src/domain/instruments/instruments.ts';
import { currencyTable } from '../../../src/currency-table.ts';
import { makeOperations, type OperationName } from '../../../src/gateway/operations.ts';
import type { PaymentResource } from '../../../src/gateway/order-resources/payment-resource.ts';
import { transports, useApi } from './support/api.ts';
import { fresh, openBank } from './support/ledger.ts';
import { ROUTES, send } from './support/routes.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';
import { formats, type SocketClient } from './support/socket-client.ts';

const KEYS = { acme: { merchant: 'acme' }, globex: { merchant: 'globex' } };

/** Nouns of the paths with an id in them. */
type Noun = 'accounts' | 'transfers' | 'trades' | 'payments' | 'refunds' | 'topups' | 'withdrawals' | 'orders' | 'vouchers' | 'webhook_endpoints'; // prettier-ignore

/** Where the routes of the table have an id. */
const IN_PATH = /^\/v1\/([a-z_]+)\/(?:nothing|nobody)(?=\/|$)/;

/** Those about one thing of a merchant's: method, noun, what stands behind its id, and a body. */
const ABOUT_ONE = ROUTES.flatMap(([, method, path, body]): [string, string, string, object | undefined][] => {
  const [begin, noun] = IN_PATH.exec(path) ?? [];
  return begin === undefined || noun === undefined ? [] : [[method, noun, path.slice(begin.length), body]];
});

/** Those about nothing that has an id. */
const ABOUT_MANY = ROUTES.filter(([, , path]) => !IN_PATH.test(path));

describe.each(transports)('two merchants over %s', (transport) => {
  const channel = new Channel();
  const api = useApi({ transport, books: 'on' }, KEYS, channelOf(channel));
  let shop: Shop;
  let has: Readonly<Record<Noun, readonly string[]>>;
  let foreign: readonly string[] = [];
  const idsOf = (noun: string): readonly string[] => {
    const ids = has[noun as Noun];
    if (!ids || ids.length === 0) throw new Error(`nobody tries what /v1/${noun}/{id} tells another merchant`);
    return ids;
  };

  beforeAll(async () => {
    serve(api, channel);
    const http = api.as('acme');
    shop = await Shop.open(http, 1_000, 100);
    const make = async (path: string, body: object) => {
      const seen = await http.post<{ id: string }>(path, body, fresh('key'));
      expect(seen.status, seen.text).toBeLessThan(300);
      return seen.body.id;
    };
    const trade = await shop.trade();
    const { body: paid } = await shop.pay(trade, 'balance:20 channel');
    const asked = await channel.next();
    await channel.answer(asked, { class: 'succeeded', amount: 40, currency: 'EUR' });
    const payment = await shop.get<PaymentResource>(`/v1/payments/${paid.id}`);
    const money = { account: shop.payer, amount: 10, currency: 'EUR' };
    const refund = await make(`/v1/trades/${trade}/refunds`, { amount: 5 });
    const topup = await make('/v1/topups', money);
    const withdrawal = await make('/v1/withdrawals', { ...money, destination: 'iban' });
    const bank = await openBank(http);
    const transfer = fresh('transfer');
    const hold = fresh('hold');
    for (const id of [transfer, hold]) {
      await make('/v1/transfers', {
        id,
        debit_account: bank,
        credit_account: shop.payer,
        amount: 5,
        hold: id === hold,
      });
    }
    has = {
      accounts: [shop.payer, bank],
      transfers: [transfer, hold],
      trades: [trade, await shop.trade()],
      payments: [paid.id],
      refunds: [refund],
      topups: [topup],
      withdrawals: [withdrawal],
      orders: [trade, paid.id, refund, topup, withdrawal, asked.order.id, ...payment.vouchers],
      vouchers: payment.vouchers,
      webhook_endpoints: [await make('/v1/webhook_endpoints', { url: 'https://shop.example/hook' })],
    };
    foreign = Object.values(has).flat();
  });

  it.each(ABOUT_ONE)('%s /v1/%s/{id}%s: 404, and nothing said of it', async (method, noun, rest, body) => {
    for (const id of idsOf(noun)) {
      const path = `/v1/${noun}/${id}${rest}`;
      const theirs = await send(api.as('globex'), method, path, body);
      expect([theirs.status, path]).toEqual([404, path]);
      // The same as of what nobody has.
      const none = await send(api.as('globex'), method, path.replace(id, 'nothing'), body);
      const said = ({ body: { detail, code } }: typeof none): unknown => [code, detail];
      if (!id.startsWith('vch_')) expect(said(theirs)).toEqual(said(none));
      if (method === 'GET') expect([(await send(api.as('acme'), method, path)).status, path]).toEqual([200, path]);
    }
  });

  it.each(ABOUT_MANY)('with the scope %s, %s %s tells nothing of the other', async (_scope, method, path, body) => {
    const seen = await send(api.as('globex'), method, path, body);
    for (const id of foreign) expect(seen.text).not.toContain(`"${id}"`);
  });

  it('what names accounts of the other, or is asked for by its ids and numbers, is not found', async () => {
    const theirs = api.as('globex');
    const own = await Shop.open(theirs, 100);
    const money = { account: shop.payer, amount: 1, currency: 'EUR' };
    const [account = ''] = has.accounts;
    for (const [path, body] of [
      ['/v1/topups', money],
      ['/v1/withdrawals', { ...money, destination: 'iban' }],
      ['/v1/trades', own.order({ payer: shop.payer })],
      ['/v1/trades', { ...own.order(), payees: [{ account: shop.payee, amount: 60 }] }],
      ['/v1/transfers', { id: fresh(), debit_account: account, credit_account: own.payer, amount: 1 }],
      ['/v1/transfers', { id: fresh(), debit_account: own.payer, credit_account: account, amount: 1 }],
    ] as const) {
      const seen = await theirs.post(path, body, fresh('key'));
      expect(seen, path).toMatchObject({ status: 404, body: { code: 'account_not_found' } });
    }
    const trade = await own.trade();
    const instruments = [{ type: 'balance', account: shop.payer }];
    expect(await theirs.post(`/v1/trades/${trade}/pay`, { instruments }, fresh('key'))).toMatchObject({ status: 404 });
    for (const id of foreign) {
      const vouchers = await theirs.get(`/v1/vouchers?order=${id}`);
      expect([vouchers.status, id]).toEqual([404, id]);
      const seen = await theirs.get<{ data: unknown[] }>(`/v1/accounts/${own.payer}/entries?transfer=${id}`);
      expect(seen.body.data).toEqual([]);
    }
  });

  describe.each(formats)('over WebSocket in %s', (format) => {
    const operations = makeOperations(currencyTable([]), 10, () => 0, new Instruments());
    const names = (Object.keys(operations) as OperationName[]).filter((name) => 'id' in operations[name].fields);
    /** These name what they make. */
    const making = new Set<OperationName>(['accounts.create', 'transfers.create']);
    let socket: SocketClient;
    beforeAll(async () => {
      socket = await api.open({ format, bearer: api.token('globex') });
    });

    it.each(names.filter((name) => !making.has(name)))('%s: not found', async (name) => {
      const [noun = ''] = name.split('.');
      const more = name === 'trades.pay' ? { instruments: [{ type: 'balance' }] } : {};
      for (const id of idsOf(noun)) {
        const told = await socket.ask(name, { id, ...more }, fresh('key'));
        expect(told, id).toMatchObject({ ok: false, error: { status: 404 } });
      }
    });
  });

  it('and what the one has is as it was', async () => {
    const [hold = ''] = has.transfers.slice(1);
    expect((await api.as('acme').get(`/v1/transfers/${hold}`)).body).toMatchObject({ status: 'held' });
    expect((await api.as('acme').get(`/v1/trades/${has.trades[1]}`)).body).toMatchObject({
      status: 'open',
      payments: [],
    });
    expect((await api.as('acme').get(`/v1/webhook_endpoints/${has.webhook_endpoints[0]}`)).status).toBe(200);
  });
});
