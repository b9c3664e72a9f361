// Vouchers and entries by any id under which something was booked: orders of every kind, and the sums of buffered credits.

import { beforeAll, describe, expect, it } from 'vitest';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import type { Problem } from '../../../src/gateway/problem.ts';
import { FACT_KIND } from '../../../src/domain/facts.ts';
import { CallbackArrived, type Report } from '../../../actors/orders/outside.ts';
import { makeContext } from '../../../src/gateway/request-context.ts';
import { REPORT } from '../../actors/orders/support/provider.ts';
import { transports, useApi } from './support/api.ts';
import { account, fresh, openBank, openWith } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';

type Voucher = { readonly id: string; readonly event: string; readonly order: string };
type Vouchers = { readonly data: readonly Voucher[]; readonly has_more: boolean };
type Made = { readonly id: string; readonly vouchers: readonly string[] };

const KEYS = { acme: { merchant: 'acme' }, globex: { merchant: 'globex' } };

describe.each(transports)('what was booked under an id, over %s', (transport) => {
  const channel = new Channel();
  const api = useApi({ transport, books: 'on' }, KEYS, channelOf(channel));
  let shop: Shop;
  let trade = '';
  let payment = '';
  let refund = '';
  let withdrawal = '';
  let topUp = '';

  const succeed = async (more: Partial<Report> = {}): Promise<void> => {
    const call = await channel.next();
    const { amount, currency } = call.order;
    await channel.answer(call, { class: 'succeeded', amount, currency, ...more });
  };
  const list = async (query: string) => (await api.as('acme').get<Vouchers>(`/v1/vouchers?${query}`)).body;
  const ids = async (order: string): Promise<string[]> =>
    (await list(`order=${order}&limit=100`)).data.map(({ id }) => id);
  const entries = async (of: string, query: string) =>
    (await api.as('acme').get<{ data: EntryResource[] }>(`/v1/accounts/${of}/entries?${query}`)).body.data;
  const vouchersOf = async (path: string) => (await shop.get<Made>(path)).vouchers;

  beforeAll(async () => {
    serve(api, channel);
    const http = api.as('acme');
    shop = await Shop.open(http, 1_000, 10);
    trade = await shop.trade();
    payment = (await shop.pay(trade, 'coupon:10 balance:20 channel')).body.id;
    await succeed();
    refund = (await http.post<Made>(`/v1/trades/${trade}/refunds`, { amount: 30 }, fresh('key'))).body.id;
    await succeed();
    const money = { account: shop.payer, amount: 40, currency: 'EUR' };
    topUp = (await http.post<Made>('/v1/topups', money, fresh('key'))).body.id;
    await succeed();
    const out = { ...money, destination: 'iban' };
    withdrawal = (await http.post<Made>('/v1/withdrawals', out, fresh('key'))).body.id;
    await succeed();
  });

  it('of a payment, a refund and a withdrawal: those that they name themselves', async () => {
    for (const [path, id] of [
      ['payments', payment],
      ['refunds', refund],
      ['withdrawals', withdrawal],
    ] as const) {
      const own = await vouchersOf(`/v1/${path}/${id}`);
      expect(own.length, path).toBeGreaterThan(1);
      expect(await ids(id), path).toEqual(own);
    }
    expect(new Set((await list(`order=${withdrawal}`)).data.map(({ event, order }) => `${event} ${order}`))).toEqual(
      new Set([`WD1 ${withdrawal}`, `WD2 ${withdrawal}`]),
    );
  });

  it('of a trade and a top-up: all that belongs to them, in the order of booking', async () => {
    for (const id of [trade, topUp]) {
      const tree = await vouchersOf(`/v1/orders/${id}/tree`);
      expect(await ids(id)).toEqual(tree);
    }
    expect((await list(`order=${topUp}`)).data.map(({ event }) => event)).toEqual(['RC1']);
    expect(new Set((await list(`order=${trade}&limit=100`)).data.map(({ order }) => order))).toEqual(
      new Set([trade, payment, refund]),
    );
  });

  it('in pages, either way', async () => {
    const all = await ids(trade);
    expect(all.length).toBeGreaterThan(6);
    const forwards: string[] = [];
    for (let more = true; more;) {
      const after = forwards.length === 0 ? '' : `&starting_after=${forwards.at(-1)}`;
      const page = await list(`order=${trade}&limit=3${after}`);
      forwards.push(...page.data.map(({ id }) => id));
      more = page.has_more;
    }
    expect(forwards).toEqual(all);
    const before = await list(`order=${trade}&limit=2&ending_before=${all.at(-1)}`);
    expect([before.data.map(({ id }) => id), before.has_more]).toEqual([all.slice(-3, -1), true]);
  });

  it('as entries of an account, also of one that had sub-accounts between', async () => {
    const seen = async (id: string, of = shop.payer) => (await entries(of, `transfer=${id}&order=oldest`)).map(({ transfer, type, side }) => [transfer, type, side]); // prettier-ignore
    expect(await seen(payment)).toEqual([
      [payment, 'held', 'debit'],
      [payment, 'captured', 'debit'],
    ]);
    expect(await seen(topUp)).toMatchObject([[expect.stringMatching(/^pay_/), 'topped_up', 'credit']]);
    expect(await seen(trade)).toHaveLength(3);
    expect(await seen(withdrawal, shop.payee)).toEqual([]);
    const rule = { crediting: { way: 'spread', sub_accounts: 2 } };
    expect((await api.as('acme').patch(`/v1/accounts/${shop.payer}`, rule)).status).toBe(200);
    const bank = await openBank(api.as('acme'));
    for (let paid = 0; paid < 3; paid++) {
      const body = { id: fresh(), debit_account: bank, credit_account: shop.payer, amount: 5 };
      expect((await api.as('acme').post('/v1/transfers', body)).status).toBe(201);
    }
    const late = await shop.paid('balance');
    expect(await seen(late)).toEqual([
      [expect.stringMatching(/^pay_/), 'held', 'debit'],
      [expect.stringMatching(/^pay_/), 'captured', 'debit'],
    ]);
    expect(await seen(payment)).toHaveLength(2);
    const versions = (await entries(shop.payer, 'limit=100')).map(({ version }) => version);
    for (const { version } of await entries(shop.payer, `transfer=${late}`)) expect(versions).toContain(version);
  });

  it('of a sum of credits that had gathered: found by its id', async () => {
    const payee = await openWith(api.as('acme'), 0, { crediting: { way: 'buffered', delay_ms: 5 } });
    const bank = await openBank(api.as('acme'));
    for (let paid = 0; paid < 3; paid++) {
      await api
        .as('acme')
        .post('/v1/transfers', { id: fresh(), debit_account: bank, credit_account: payee, amount: 7 });
    }
    await expect.poll(() => shop.available(payee), { timeout: 10_000 }).toBe(21);
    const sums = (await entries(payee, 'limit=100')).map(({ transfer }) => transfer);
    expect(sums[0]).toMatch(/^sum_/);
    for (const sum of sums) {
      expect((await list(`order=${sum}`)).data).toMatchObject([{ event: 'TR2', order: sum }]);
      expect((await entries(payee, `transfer=${sum}`)).map(({ transfer }) => transfer)).toEqual([sum]);
      expect(await entries(bank, `transfer=${sum}`)).toEqual([]);
    }
    expect((await account({ http: api.as('acme') } as typeof api, payee)).available).toBe(21);
  });

  it('of a case: in the books of its merchant, though the case is not for it to see', async () => {
    const context = makeContext({ merchant: 'acme', keyId: null, shadow: false }, 'http', 'callback:1', '');
    const content = { channel: 'simulator', raw: Buffer.from('{}'), report: { ...REPORT, amount: 9, currency: 'EUR' } };
    await new Promise((resolve) => {
      api.server.engine.openSession().submit(new CallbackArrived(context, fresh('chn'), content, resolve));
    });
    const { engine } = api.server;
    const facts = Array.from({ length: 4 }, (_, back) => engine.frame(engine.position - back)?.facts ?? []).flat();
    const found = facts.find((fact) => fact.kind === FACT_KIND.orderStepped && fact.order.kind === 'case');
    const id = found?.kind === FACT_KIND.orderStepped ? found.order.id : '';
    expect((await list(`order=${id}`)).data).toMatchObject([{ event: 'RE1', order: id }]);
    expect((await api.as('acme').get(`/v1/orders/${id}/tree`)).status).toBe(404);
  });

  it('is not there for another merchant, and what nobody booked is not found', async () => {
    const code = async (order: string, who: keyof typeof KEYS) =>
      (await api.as(who).get<Problem>(`/v1/vouchers?order=${order}`)).body.code;
    const sums = (await list(`order=${trade}`)).data.length;
    expect(sums).toBeGreaterThan(0);
    for (const id of [trade, payment, refund, withdrawal, topUp])
      expect(await code(id, 'globex')).toBe('order_not_found');
    const none = '01KDV5T3Q8Z9A2B4C6D8E0F1G2';
    for (const prefix of ['trd', 'pay', 'rfd', 'wdr', 'chn', 'cas', 'sum']) {
      expect(await code(`${prefix}_${none}`, 'acme')).toBe('order_not_found');
      expect(await entries(shop.payer, `transfer=${prefix}_${none}`)).toEqual([]);
    }
    expect(await code('nothing', 'acme')).toBe('transfer_not_found');
    expect(await code(`vch_${none}`, 'acme')).toBe('transfer_not_found');
  });

  it('is found again after a restart', async () => {
    const before = await ids(trade);
    await api.restart();
    serve(api, channel);
    expect(await ids(trade)).toEqual(before);
  });
});
