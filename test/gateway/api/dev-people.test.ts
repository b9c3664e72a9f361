// Two people in dev mode: they say who they are and are believed, on this machine and until there is a key; nowhere else.

import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { CaseResource } from '../../../src/gateway/order-resources/case-resource.ts';
import type { Problem } from '../../../src/gateway/problem.ts';
import { Instruments } from '../../../src/domain/instruments/instruments.ts';
import { DEFAULT_PRODUCTS } from '../../../src/domain/orders/default-products.ts';
import { DEFAULT_RULES_JSON } from '../../../src/domain/orders/default-rules.ts';
import { readRuleset, type Ruleset } from '../../../src/domain/orders/ruleset.ts';
import { Api, transports } from './support/api.ts';
import { bodyOf, codeOf, fresh } from './support/ledger.ts';
import { Channel, serve, Shop } from './support/shop.ts';
import { refusedUpgrade } from './support/socket-client.ts';

/** Every refund needs a second person. */
function careful(): Ruleset {
  const json = { ...DEFAULT_RULES_JSON, approvals: { refund_above: 0, withdrawal_above: 0 } };
  return readRuleset(JSON.stringify({ rules: json, products: DEFAULT_PRODUCTS }));
}

type Shown = { readonly id: string; readonly status: string };

describe.each(transports)('two people in dev mode over %s', (transport) => {
  const channel = new Channel();
  const payments = { rules: careful(), instruments: new Instruments(), outside: channel };
  const api = new Api({ transport }, { payments });
  let shop: Shop;
  const as = (bearer: string) => api.http.as(bearer);

  beforeAll(async () => {
    await api.start();
    serve(api, channel);
    shop = await Shop.open(as('dev:alice'), 1_000, 100);
  });
  afterAll(() => api.destroy());

  const refundBy = async (bearer: string): Promise<string> => {
    const trade = await shop.paid('balance');
    const asked = await as(bearer).post<Shown>(`/v1/trades/${trade}/refunds`, { amount: 5 }, fresh('key'));
    expect(asked.body.status, asked.text).toBe('pending_approval');
    return asked.body.id;
  };
  const approve = async (bearer: string, refund: string) =>
    (await as(bearer).post<Shown & Problem>(`/v1/refunds/${refund}/approve`, {}, fresh('key'))).body;

  it('one asks and the other agrees; nobody agrees with himself, nor does who does not say who he is', async () => {
    const refund = await refundBy('dev:alice');
    expect(await approve('dev:alice', refund)).toMatchObject({ code: 'same_person_approval' });
    expect(await approve('nonsense', refund)).toMatchObject({ code: 'same_person_approval' });
    expect(await approve('dev:bob', refund)).toMatchObject({ status: 'succeeded' });
  });

  it('over a WebSocket as well, by header and by ticket', async () => {
    const refund = await refundBy('dev:alice');
    const alice = await api.open({ bearer: 'dev:alice' });
    expect(codeOf(await alice.ask('refunds.approve', { id: refund }, fresh('key')))).toBe('same_person_approval');
    const { ticket } = (await as('dev:bob').post<{ ticket: string }>('/v1/ws_tickets', {})).body;
    const bob = await api.open({ ticket });
    expect(bodyOf(await bob.ask<Shown>('refunds.approve', { id: refund }, fresh('key')))).toMatchObject({ status: 'succeeded' }); // prettier-ignore
  });

  it('decide a case on the operations listener', async () => {
    const trade = await shop.trade();
    await shop.pay(trade, 'channel');
    const call = await channel.next();
    await channel.answer(call, { class: 'failed' });
    await channel.answer({ ...call, asked: 'query' }, { class: 'succeeded' });
    const ops = (who: string) => api.ops.as(who);
    const found = (await ops('dev:alice').get<{ data: CaseResource[] }>('/admin/cases')).body.data.at(-1);
    const path = `/admin/cases/${found?.id}`;
    expect((await ops('dev:alice').post(`${path}/decide`, { decision: 'noted' })).status).toBe(200);
    expect((await ops('dev:alice').post(`${path}/agree`, {})).body).toMatchObject({ code: 'same_person_approval' });
    expect((await ops('dev:bob').post(`${path}/agree`, {})).body).toMatchObject({
      status: 'resolved',
      proposed_by: 'dev:alice',
      decided_by: 'dev:bob',
    });
  });

  it.each(['dev:', 'dev:a/b', 'dev:ä', `dev:${'x'.repeat(33)}`, 'dev:alice:admin'])('%s is nobody', async (bearer) => {
    expect((await as(encodeURI(bearer)).get('/v1/accounts')).status).toBe(401);
  });

  it('nobody is believed any more once there is a key', async () => {
    const refund = await refundBy('dev:alice');
    const socket = await api.open({ bearer: 'dev:bob' });
    api.makeKeys({ first: { merchant: 'dev' } });
    for (const bearer of ['dev:bob', 'dev:alice']) {
      expect((await as(bearer).post(`/v1/refunds/${refund}/approve`, {}, fresh('key'))).status).toBe(401);
      expect((await api.ops.as(bearer).get('/admin/cases')).status).toBe(401);
      expect((await refusedUpgrade(api.server.port, { bearer })).status).toBe(401);
    }
    expect(await socket.closed).toMatchObject({ code: 4401 });
    await api.restart();
    expect((await as('dev:bob').get('/v1/accounts')).status).toBe(401);
  });
});

test('on an operations listener that other machines reach, nobody is believed without a key', async () => {
  const api = new Api({ transport: 'node', opsHost: '0.0.0.0' });
  await api.start();
  try {
    expect(api.server.devMode).toBe(true);
    for (const bearer of [undefined, 'dev:alice'])
      expect((await api.ops.as(bearer).get('/admin/cases')).status).toBe(401);
    expect((await api.ops.get('/metrics')).status).toBe(200);
    api.makeKeys({ operator: { merchant: 'house', scopes: ['ops'] } });
    expect((await api.ops.as(api.token('operator')).get('/admin/cases')).status).toBe(200);
  } finally {
    await api.destroy();
  }
});
