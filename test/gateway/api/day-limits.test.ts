// Limits of the day over the API: who has had enough is told so in a problem document, and a restart changes nothing.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/gateway/problem.ts';
import { Instruments } from '../../../src/domain/instruments/instruments.ts';
import { limited } from '../../actors/orders/support/rules.ts';
import { transports, useApi } from './support/api.ts';
import { codeOf, fresh, openWith } from './support/ledger.ts';
import { expectProblem } from './support/problem.ts';
import { Channel, serve, Shop } from './support/shop.ts';
import { surfaces } from './support/surfaces.ts';

describe.each(transports)('limits of the day over %s', (transport) => {
  const outside = new Channel();
  const rules = limited({ account_day_max: 100 });
  const api = useApi({ transport }, {}, { payments: { rules, instruments: new Instruments(), outside } });
  beforeAll(() => serve(api, outside));

  it.each(surfaces)('refuse what is too much for an account, asked by %s', async (surface) => {
    const shop = await Shop.open(api.http, 1_000);
    await shop.paid();
    const pay = async (amount: number) => {
      const id = await shop.trade({ amount });
      return codeOf(await api.ask(surface, 'trades.pay', { id, instruments: [{ type: 'balance' }] }, fresh('key')));
    };
    expect(await pay(41)).toBe('limit_exceeded');
    expect(await pay(40)).toBe('ok');
    expect(await pay(1)).toBe('limit_exceeded');
    const [topUp, out] = [
      { account: shop.payer, currency: 'EUR' },
      { account: shop.payer, currency: 'EUR', destination: 'DE00' },
    ];
    const ask = async (op: string, body: object) => codeOf(await api.ask(surface, op, body, fresh('key')));
    expect(await ask('topups.create', { ...topUp, amount: 100 })).toBe('ok');
    expect(await ask('topups.create', { ...topUp, amount: 1 })).toBe('limit_exceeded');
    expect(await ask('withdrawals.create', { ...out, amount: 100 })).toBe('ok');
    expect(await ask('withdrawals.create', { ...out, amount: 1 })).toBe('limit_exceeded');
  });

  it('say what they are, and that nothing has happened', async () => {
    const shop = await Shop.open(api.http, 1_000);
    await shop.paid();
    const trade = await shop.trade();
    const key = fresh('key');
    const pay = (id: string) =>
      api.http.post<Problem>(`/v1/trades/${id}/pay`, { instruments: [{ type: 'balance' }] }, key);
    const seen = await pay(trade);
    expect(seen.status).toBe(409);
    expectProblem(seen.body, 'limit_exceeded');
    expect(seen.body).toMatchObject({ instance: `/v1/trades/${trade}/pay`, outcome: 'none', retryable: true });
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ status: 'open', payments: [] });
    await api.restart();
    serve(api, outside);
    const again = await pay(trade);
    expect([again.status, again.body.code]).toEqual([409, 'limit_exceeded']);
  });

  it('are of each account by itself', async () => {
    const payer = await openWith(api, 100);
    const shop = await Shop.open(api.http, 1_000);
    await shop.paid();
    await shop.paid('balance', { payer });
  });
});
