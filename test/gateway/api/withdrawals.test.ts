// Withdrawals over the API: money that goes out, agreed to by a second key where it is much, and what the bank says.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WithdrawalResource } from '../../../src/gateway/order-resources/withdrawal-resource.ts';
import { transports, useApi } from './support/api.ts';
import { fresh, openWith } from './support/ledger.ts';
import { Channel, channelOf, serve } from './support/shop.ts';
import { surfaces, askOverHttp } from './support/surfaces.ts';
import { bodyOf } from './support/ledger.ts';

/** The default rules ask a second person above it, cents. */
const APPROVAL_ABOVE = 1_000_000;

const KEYS = { maker: { merchant: 'acme' }, checker: { merchant: 'acme' } };

describe.each(transports)('withdrawals over %s', (transport) => {
  const channel = new Channel();
  const api = useApi({ transport }, KEYS, channelOf(channel));
  let account = '';
  beforeAll(() => serve(api, channel));
  beforeEach(async () => {
    channel.calls.length = 0;
    account = await openWith(api.as('maker'), 2 * APPROVAL_ABOVE);
  });
  const body = (amount: number) => ({ account, amount, currency: 'EUR', destination: 'DE89 3704 0044 0532 0130 00' });
  const make = (amount: number, headers = {}) =>
    api.as('maker').post<WithdrawalResource>('/v1/withdrawals', body(amount), fresh('key'), headers);
  const get = async (id: string) => (await api.as('maker').get<WithdrawalResource>(`/v1/withdrawals/${id}`)).body;
  const post = (who: string, path: string) => api.as(who).post<WithdrawalResource>(path, {}, fresh('key'));
  const available = async () =>
    (await api.as('maker').get<{ available: number }>(`/v1/accounts/${account}`)).body.available;

  it('leave the account at once, and are done when the bank has them', async () => {
    const { status, headers, body: made } = await make(500);
    expect([status, headers['location']]).toEqual([201, `/v1/withdrawals/${made.id}`]);
    expect(made).toMatchObject({ object: 'withdrawal', account, channel: 'simulator', status: 'processing', amount: 500, fee: 0, destination: 'DE89 3704 0044 0532 0130 00' }); // prettier-ignore
    expect(await available()).toBe(2 * APPROVAL_ABOVE - 500);
    const call = await channel.next();
    expect(call.order).toMatchObject({ verb: 'payout', amount: 500, destination: 'DE89 3704 0044 0532 0130 00' });
    await channel.answer(call, { class: 'succeeded', amount: 500, currency: 'EUR', channelTradeNo: 'b1' });
    expect(await get(made.id)).toMatchObject({ status: 'succeeded', failure: null });
    expect((await post('maker', `/v1/withdrawals/${made.id}/cancel`)).body).toMatchObject({ code: 'withdrawal_not_cancelable' }); // prettier-ignore
    const { body: tree } = await api.as('maker').get(`/v1/orders/${made.id}/tree`);
    expect(tree).toMatchObject({ trade: null, withdrawal: { id: made.id, channel_order: { status: 'succeeded', channel_trade_no: 'b1' } } }); // prettier-ignore
  });

  it('come back when the bank refuses them, and when it returns them later', async () => {
    const waiting = make(500, { prefer: 'wait=20' });
    await channel.answer(await channel.next(), { class: 'failed', failure: 'iban_closed' });
    expect((await waiting).body).toMatchObject({ status: 'failed', failure: 'iban_closed' });
    expect(await available()).toBe(2 * APPROVAL_ABOVE);
    const { body: made } = await make(500);
    const call = await channel.next();
    await channel.answer(call, { class: 'succeeded', amount: 500, currency: 'EUR' });
    await channel.answer(call, { class: 'failed', failure: 'returned_by_bank', returned: true });
    expect(await get(made.id)).toMatchObject({ status: 'returned' });
    expect(await available()).toBe(2 * APPROVAL_ABOVE);
  });

  it('need a second key where they are large', async () => {
    const { body: made } = await make(APPROVAL_ABOVE + 1);
    expect(made).toMatchObject({ status: 'pending_approval', channel_order: null, approved_by: null });
    expect(channel.calls).toEqual([]);
    expect(await post('maker', `/v1/withdrawals/${made.id}/approve`)).toMatchObject({ status: 409, body: { code: 'same_person_approval' } }); // prettier-ignore
    const { body: approved } = await post('checker', `/v1/withdrawals/${made.id}/approve`);
    expect(approved).toMatchObject({ status: 'processing', requested_by: made.requested_by });
    expect(approved.approved_by).not.toBe(made.requested_by);
    await channel.answer(await channel.next(), { class: 'succeeded', amount: APPROVAL_ABOVE + 1, currency: 'EUR' });
    expect(await get(made.id)).toMatchObject({ status: 'succeeded' });
    expect((await post('checker', `/v1/withdrawals/${made.id}/approve`)).body).toMatchObject({ code: 'withdrawal_not_pending_approval' }); // prettier-ignore
  });

  it('are given up before they are sent', async () => {
    const { body: made } = await make(APPROVAL_ABOVE + 1);
    expect((await post('maker', `/v1/withdrawals/${made.id}/cancel`)).body).toMatchObject({ status: 'canceled' });
    expect(await available()).toBe(2 * APPROVAL_ABOVE);
    expect(channel.calls).toEqual([]);
  });

  it.each(surfaces)('are asked for by %s, once under one key', async (surface) => {
    const key = fresh('key');
    const socket = surface === 'http' ? null : await api.open({ format: surface, bearer: api.token('maker') });
    const ask = () =>
      socket
        ? socket.ask<WithdrawalResource>('withdrawals.create', body(500), key)
        : askOverHttp<WithdrawalResource>(api.as('maker'), 'withdrawals.create', body(500), key);
    const first = bodyOf(await ask());
    await channel.answer(await channel.next(), { class: 'succeeded', amount: 500, currency: 'EUR' });
    expect(bodyOf(await ask())).toEqual(first);
    expect(await available()).toBe(2 * APPROVAL_ABOVE - 500);
  });

  it('make a thousand one under one key', async () => {
    const key = fresh('key');
    const seen = await Promise.all(
      Array.from({ length: 1_000 }, () => api.as('maker').post('/v1/withdrawals', body(500), key)),
    );
    expect(new Set(seen.map(({ text }) => text)).size).toBe(1);
    expect(await available()).toBe(2 * APPROVAL_ABOVE - 500);
    await channel.answer(await channel.next(), { class: 'failed' });
  });
});
