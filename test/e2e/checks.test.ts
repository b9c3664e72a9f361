// Checks from end to end: the built program asks the scripted checks of a simulator over HTTP before a payment begins.

import { beforeEach, describe, expect, test } from 'vitest';
import { Till } from './support/till.ts';

const CHECKS = [
  { name: 'risk', strength: 'strong', timeout_ms: 10_000 },
  { name: 'identity', strength: 'strong', timeout_ms: 10_000 },
  { name: 'price', strength: 'weak', timeout_ms: 1_000, fallback: 'pass' },
];

let till: Till;

beforeEach(async () => {
  till = await Till.open({
    checks: ({ url }) => CHECKS.map(({ name }) => ({ name, url: `${url}/checks/${name}` })),
    rules: { checks: { careful: CHECKS } },
    named: { checks: 'careful' },
  });
  await till.client.ask('accounts.create', { id: 'mint', currency: 'EUR', kind: 'user', credit_limit: 1_000_000 });
  const funds = { id: 'funds', debit_account: 'mint', credit_account: 'alice', amount: 100_000 };
  await till.ask('transfers.create', '/transfers', funds);
});

const check = (name: string, ...faults: object[]) => ({ match: { verb: 'check', number: name }, do: faults });

const slow = (name: string, ms: number) => check(name, { fault: 'latency', ms });

const pay = (trade: string, key?: string) =>
  till.ask('trades.pay', `/trades/${trade}/pay`, { instruments: [{ type: 'balance' }] }, { id: trade, key });

async function refused(trade: string): Promise<{ readonly code: string; readonly detail: string }> {
  const error: unknown = await pay(trade).then(
    () => new Error('{"code":"paid"}'),
    (problem: unknown) => problem,
  );
  return JSON.parse((error as Error).message) as { readonly code: string; readonly detail: string };
}

const said = (name: string, reference: string | null, fell_back = false) => ({
  name,
  answer: 'pass',
  reference,
  fell_back,
});

describe('a payment whose product wants checks', () => {
  test('has what they said, and takes as long as the slowest of them', async () => {
    await till.faults(slow('risk', 2_000), slow('identity', 2_000), slow('price', 500));
    const trade = await till.trade(3_000);
    const startedMs = performance.now();
    const paid = await pay(trade);
    const tookMs = performance.now() - startedMs;
    expect(paid).toMatchObject({
      status: 'succeeded',
      checks: [said('risk', 'sim_risk'), said('identity', 'sim_identity'), said('price', 'sim_price')],
    });
    expect(tookMs).toBeGreaterThanOrEqual(2_000);
    // Their sum is 4.5 s.
    expect(tookMs).toBeLessThan(4_000);
    expect(await till.get(`/payments/${paid.id}`)).toEqual(paid);
    await till.verified();
  });

  test('goes on without a weak one, and not without a strong one', async () => {
    await till.faults(check('price', { fault: 'error', status: 503 }));
    expect(await pay(await till.trade(100))).toMatchObject({
      checks: [said('risk', 'sim_risk'), said('identity', 'sim_identity'), said('price', null, true)],
    });
    await till.faults(slow('price', 3_600_000));
    expect(await pay(await till.trade(100))).toMatchObject({ checks: [{}, {}, { name: 'price', fell_back: true }] });
    for (const fault of ['error', 'drop_reply', 'reset', 'malformed_body']) {
      await till.faults(check('risk', { fault }));
      expect(await refused(await till.trade(100))).toMatchObject({ code: 'check_unavailable', retryable: true, outcome: 'none' }); // prettier-ignore
    }
  });

  test('does not begin when one refuses: nothing is held, and a later attempt may pay', async () => {
    await till.faults(check('price', { fault: 'refuse', reason: 'too_dear' }));
    const trade = await till.trade(100);
    expect(await refused(trade)).toMatchObject({ code: 'check_refused', detail: expect.stringContaining('price') as string }); // prettier-ignore
    expect(await till.get(`/trades/${trade}`)).toMatchObject({ status: 'open', payments: [], live_payment: null });
    expect(await till.available('alice')).toBe(100_000);
    await till.faults();
    expect(await pay(trade)).toMatchObject({ status: 'succeeded' });
  });

  test('asked for again under its key is answered as it was, whatever the checks do now', async () => {
    const trade = await till.trade(100);
    const paid = await pay(trade, 'same');
    await till.faults(check('risk', { fault: 'refuse', reason: 'no' }), slow('identity', 3_600_000));
    expect(await pay(trade, 'same')).toEqual(paid);
    await till.crash();
    expect(await pay(trade, 'same')).toEqual(paid);
    await till.verified();
  });

  test('whose checks hang holds nobody up', async () => {
    await till.faults(slow('risk', 3_600_000));
    const trades = await Promise.all(Array.from({ length: 50 }, () => till.trade(10)));
    const hanging = trades.map((trade) => refused(trade));
    const startedMs = performance.now();
    for (let nth = 0; nth < 20; nth++) {
      const transfer = { id: `quick-${nth}`, debit_account: 'mint', credit_account: 'alice', amount: 1 };
      await till.ask('transfers.create', '/transfers', transfer);
    }
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    for (const problem of await Promise.all(hanging)) expect(problem.code).toBe('check_unavailable');
    expect(await till.available('alice')).toBe(100_020);
  });
});
