// The reconciler of a running server: nothing is found while nothing is wrong; what is, is counted once, has one case, and
// stops what the rule says.

import { beforeAll, describe, expect, it } from 'vitest';
import type { CaseResource } from '../../../src/gateway/order-resources/case-resource.ts';
import { useApi } from './support/api.ts';
import { fresh } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';

const KEYS = { shop: { merchant: 'acme' }, operator: { merchant: 'house', scopes: ['ops'] as const } };
const OPTIONS = {
  transport: 'node',
  books: 'on',
  reconciliation: 'on',
  reconciliationWindowSeconds: 1,
  breachStopsOutflow: 'on',
} as const;
const WAIT = { interval: 50, timeout: 30_000 };

describe('the reconciler', () => {
  const channel = new Channel();
  const api = useApi(OPTIONS, KEYS, channelOf(channel));
  let shop: Shop;
  beforeAll(async () => {
    serve(api, channel);
    shop = await Shop.open(api.as('shop'), 1_000);
  }, 60_000);

  const metric = async (name: string): Promise<number> => {
    const line = (await api.ops.get('/metrics')).text.split('\n').find((one) => one.startsWith(`florin_${name} `));
    return Number(line?.split(' ')[1] ?? NaN);
  };
  const violations = async (): Promise<string[]> =>
    (await api.ops.get('/metrics')).text
      .split('\n')
      .filter((line) => line.startsWith('florin_invariant_violations_total{') && !line.endsWith(' 0'));
  const cases = async (): Promise<readonly CaseResource[]> => {
    const { body } = await api.ops.as(api.token('operator')).get<{ data: CaseResource[] }>('/admin/cases?limit=100');
    return body.data.filter(({ type }) => type === 'books_breach');
  };
  const settled = async (): Promise<void> => {
    await expect.poll(() => metric('reconciler_lag_frames'), WAIT).toBe(0);
    await expect.poll(() => metric('reconciler_waiting_lines'), WAIT).toBe(0);
  };

  it('finds nothing while nothing is wrong', async () => {
    const trade = await shop.paid('balance');
    await api.as('shop').post(`/v1/trades/${trade}/refunds`, { amount: 10 }, fresh('key'));
    await settled();
    expect(await metric('reconciler_skipped_lines_total')).toBe(0);
    expect(await violations()).toEqual([]);
    expect(await cases()).toEqual([]);
  }, 60_000);

  it('finds a balance of the engine that no fact explains, once, and stops refunds of its product', async () => {
    const trade = await shop.paid('balance');
    const { accounts } = api.server.engine.partition.desk;
    const account = accounts.find('acme', '@fee:EUR') ?? accounts.find('acme', '@payment_transit:EUR');
    if (!account) throw new Error('nothing has moved');
    account.account.available += 7;
    await expect.poll(violations, WAIT).toEqual(['florin_invariant_violations_total{invariant="engine_balance"} 1']);
    await expect.poll(async () => (await cases()).length, WAIT).toBe(1);
    await settled();
    expect(await cases()).toMatchObject([{ merchant: 'acme', status: 'open' }]);
    const refused = await api.as('shop').post(`/v1/trades/${trade}/refunds`, { amount: 10 }, fresh('key'));
    expect(refused).toMatchObject({ status: 409, body: { code: 'outflow_stopped' } });
    account.account.available -= 7;
    await api.restart();
    await settled();
    expect(await violations()).toEqual([]);
    expect((await cases()).length).toBe(1);
  }, 60_000);
});
