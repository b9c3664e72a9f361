// The log of a whole server: canaries are put into everything that a client, an operator or a channel can send, things are
// made to go wrong with them, and none of them is ever in a line. And the lines of one faulty payment, from the request to
// the webhook that nobody takes, have the same names.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CaseResource } from '../../../src/gateway/order-resources/case-resource.ts';
import { LogBook, type LoggedLine } from '../../support/log-book.ts';
import { useApi } from './support/api.ts';
import { fresh, openBank } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';

const KEYS = {
  shop: { merchant: 'acme' },
  ann: { merchant: 'house', scopes: ['ops'] as const },
  bob: { merchant: 'house', scopes: ['ops'] as const },
};

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traced = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };

/** What must never be seen again, each in the shape of something that must be kept nowhere. */
const CARD = '4111111111111111';
const IBAN = 'DE89370400440532013000';
const API_KEY = `fk_${'c'.repeat(16)}_${'d'.repeat(64)}`;
const STRIPE_KEY = 'sk_live_CANARYCANARYCANARY';
const TEXT = 'canary-of-a-text';
const CANARIES = [CARD, IBAN, IBAN.slice(4), API_KEY.slice(20), STRIPE_KEY, TEXT, '987654'];

describe('the log of a server', () => {
  const book = new LogBook('info');
  const channel = new Channel();
  const webhooksAllowPrivate = ['127.0.0.0/8'];
  const api = useApi({ transport: 'node', webhooksAllowPrivate }, KEYS, channelOf(channel), book.log);
  const gone = createServer((_request, response) => response.writeHead(410).end(STRIPE_KEY));
  let shop: Shop;

  beforeAll(async () => {
    serve(api, channel);
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    shop = await Shop.open(api.as('shop'), 5_000_000, 5_000_000);
  });
  afterAll(() => gone.close());

  const caseAbout = async (order: string): Promise<string> => {
    const list = await api.ops.as(api.token('ann')).get<{ data: CaseResource[] }>('/admin/cases?limit=100');
    return list.body.data.find((one) => one.order === order)?.id ?? '';
  };

  /** Has the channel not answer, then refuse, and then have succeeded after all; two people note it. */
  async function goesWrong(failure = 'card_declined'): Promise<string> {
    const call = await channel.next();
    await channel.answer(call, { class: 'unknown', failure });
    await channel.answer({ ...call, asked: 'query' }, { class: 'failed', failure });
    await channel.answer({ ...call, asked: 'query' }, { class: 'succeeded', channelTradeNo: `${failure}-no` });
    const found = await caseAbout(call.order.id);
    await api.ops.as(api.token('ann')).post(`/admin/cases/${found}/decide`, { decision: TEXT });
    await api.ops.as(api.token('bob')).post(`/admin/cases/${found}/agree`, {});
    return call.order.id;
  }

  it('has all lines of a faulty payment under its names, and no line of one that goes well', async () => {
    await shop.paid('balance');
    expect(book.lines).toEqual([]);
    const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/`;
    const endpoint = await api.as('shop').post<{ id: string }>('/v1/webhook_endpoints', { url, events: ['payment.*'] });
    expect(endpoint.status, endpoint.text).toBe(201);
    const { body } = await api.as('shop').post<{ id: string }>('/v1/trades', shop.order(), undefined, traced);
    const paying = await shop.pay(body.id, 'channel', {}, { ...traced, 'x-request-id': 'the-request' });
    const asked = await goesWrong();
    await vi.waitFor(() => expect(book.names).toContain('endpoint_disabled'), 10_000);
    const about = book.lines.filter(({ line }) => line !== 'endpoint_disabled');
    expect(new Set(about.map(({ line }) => line))).toEqual(new Set(['channel_unknown', 'channel_known', 'anomaly', 'case_opened', 'case_proposed', 'case_resolved', 'delivery_given_up'])); // prettier-ignore
    for (const line of about) {
      expect(line, line.line).toMatchObject({ merchant: 'acme', trade_id: body.id, payment_id: paying.body.id, trace_id: TRACE }); // prettier-ignore
      expect(line['request_id'], line.line).toMatch(/^(the-request|req_|callback:)/);
      if (line.line !== 'delivery_given_up') expect(line, line.line).toMatchObject({ channel_order_no: asked });
    }
    const late = api.server.engine.order('acme', asked);
    expect(late).toMatchObject({ status: 'late_succeeded' });
  });

  it('has no canary, wherever one was put', async () => {
    const before = book.lines.length;
    const http = api.as('shop');
    const headers = { 'x-request-id': API_KEY, cookie: TEXT, 'x-signature': STRIPE_KEY };
    const bank = await openBank(http);
    for (const id of [CARD, IBAN, fresh(`x-${CARD}`)]) {
      const account = { id, currency: 'EUR', kind: 'user', metadata: { note: TEXT } };
      await http.post('/v1/accounts', account, undefined, headers);
      await http.post('/v1/transfers', { id: fresh(), debit_account: bank, credit_account: id, amount: 987_654 });
    }
    for (const payer of [CARD, IBAN]) {
      const order = { ...shop.order(), payer, out_trade_no: `${payer}-1`, amount: 987_654 };
      const made = await http.post<{ id: string }>('/v1/trades', { ...order, payees: [{ account: shop.payee, amount: 987_654 }] }, STRIPE_KEY, headers); // prettier-ignore
      await http.post(
        `/v1/trades/${made.body.id}/pay`,
        { instruments: [{ type: 'channel' }] },
        API_KEY + payer,
        headers,
      );
      await goesWrong(CARD);
    }
    const out = { account: shop.payer, amount: 987_654, currency: 'EUR', destination: IBAN };
    const withdrawal = await http.post('/v1/withdrawals', out, fresh(TEXT), headers);
    expect(withdrawal.status, withdrawal.text).toBe(201);
    await goesWrong(STRIPE_KEY);
    for (const bearer of [API_KEY, STRIPE_KEY])
      await api.http.as(bearer).get(`/v1/trades?out_trade_no=${CARD}`, headers);
    for (const body of [
      `{"card":"${CARD}"`,
      JSON.stringify({ cvv: '123', pan: CARD, iban: IBAN }),
      Buffer.from(TEXT),
    ]) {
      for (const path of ['/v1/trades', '/v1/topups', '/v1/callbacks/simulator', '/v1/webhook_endpoints']) {
        await http.post(path, body, TEXT, headers);
      }
    }
    const socket = await api.open({ bearer: api.token('shop') });
    await socket.ask('trades.create', { out_trade_no: CARD, card: CARD }, STRIPE_KEY);
    socket.send(`{"id":1,"op":"${TEXT}`);
    await socket.closed;
    const lines = book.lines.slice(before);
    expect(new Set(lines.map(({ line }) => line)).size).toBeGreaterThan(5);
    expect(lines.filter(hasMask).length).toBeGreaterThan(10);
    for (const canary of CANARIES) {
      expect(
        book.lines.filter((line) => JSON.stringify(line).includes(canary)),
        canary,
      ).toEqual([]);
    }
  });

  it('says whose request could not be answered, and not what was in it', async () => {
    const before = book.lines.length;
    const { engine } = api.server;
    const broken = vi.spyOn(engine, 'frame').mockImplementation(() => {
      throw new Error(`unreadable: ${CARD}`);
    });
    const seen = await api.as('shop').get('/v1/events?limit=1', { 'x-request-id': 'the-broken-one', ...traced });
    const socket = await api.open({ bearer: api.token('shop') });
    broken.mockRestore();
    expect(seen.status).toBe(500);
    expect(book.lines.slice(before)).toMatchObject([
      {
        line: 'request_failed',
        request_id: 'the-broken-one',
        trace_id: TRACE,
        merchant: 'acme',
        action: 'events.list',
      },
    ]);
    expect(JSON.stringify(book.lines.slice(before))).not.toContain(CARD);
    expect((await socket.ask('ping', {})).ok).toBe(true);
  });
});

function hasMask(line: LoggedLine): boolean {
  return JSON.stringify(line).includes('[masked]');
}
