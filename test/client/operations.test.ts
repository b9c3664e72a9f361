// The client against a real server: every operation, over each transport and encoding.

import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../src/client/node.ts';
import { transports, useApi } from '../gateway/api/support/api.ts';
import { clientOf, twoAccounts, type Client } from './support.ts';

const WAYS = [
  { transport: 'websocket', encoding: 'msgpack' },
  { transport: 'websocket', encoding: 'json' },
  { transport: 'http', encoding: 'json' },
] as const;

describe.each(transports)('a server over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });

  describe.each(WAYS)('a client over $transport in $encoding', (way) => {
    const open = (): Client => clientOf(api.server.port, way);

    it('opens, reads, changes and lists accounts', async () => {
      const client = open();
      const made = await client.accounts.create({ currency: 'EUR', kind: 'user', metadata: { name: 'A' } });
      expect(await client.accounts.get(made.id)).toEqual(made);
      expect(await client.accounts.change(made.id, { status: 'frozen' })).toMatchObject({
        status: 'frozen',
        version: 2,
      });
      const { data } = await client.accounts.list({ limit: 100 });
      expect(data.map(({ id }) => id)).toContain(made.id);
    });

    it('makes, reads, captures, voids and reverses transfers', async () => {
      const client = open();
      const { rich, poor } = await twoAccounts(client);
      const terms = { debit_account: rich, credit_account: poor, amount: 10 };
      const made = await client.transfers.create({ ...terms, metadata: { why: 'test' } });
      expect(await client.transfers.get(made.id)).toEqual(made);
      expect(await client.transfers.reverse(made.id, { reason: 'wrong' })).toMatchObject({ status: 'reversed' });
      const hold = await client.transfers.create({ ...terms, hold: true, expires_in: 60 });
      expect(await client.transfers.capture(hold.id, { amount: 4 })).toMatchObject({ captured: 4, remaining: 6 });
      expect(await client.transfers.void(hold.id)).toMatchObject({ released: 6, remaining: 0 });
      expect((await client.accounts.get(poor)).available).toBe(4);
    });

    it('runs batches, singly gathered and as they are given', async () => {
      const client = open();
      const { rich, poor } = await twoAccounts(client);
      const pay = { debit_account: rich, credit_account: poor, amount: 10 };
      const all = await Promise.all([
        client.transfer(pay),
        client.transfer({ debit_account: poor, credit_account: rich, amount: 11 }),
        client.transfer({ ...pay, id: `h-${way.transport}-${way.encoding}`, hold: true, expires_in: 60 }),
        client.transfer({ capture: `h-${way.transport}-${way.encoding}`, amount: 3 }),
        client.transfer({ void: `h-${way.transport}-${way.encoding}` }),
      ]);
      expect(all.map(({ status }) => status)).toEqual(['posted', 'refused', 'held', 'captured', 'voided']);
      expect(all[1]).toMatchObject({ ok: false, code: 'insufficient_funds', number: 160, retryable: true, outcome: 'none' }); // prettier-ignore
      const { results } = await client.transfers.batch([pay, { ...pay, debit_account: 'nobody' }], { atomic: true });
      expect(results).toEqual([118, 80]);
      expect((await client.accounts.get(poor)).available).toBe(13);
    });

    it('rejects with the problem of the server', async () => {
      const client = open();
      const error: unknown = await client.accounts.get('nobody').catch((fault: unknown) => fault);
      expect(error).toBeInstanceOf(RefusedError);
      expect(error).toMatchObject({ code: 'account_not_found', outcome: 'none', retryable: false });
      expect((error as RefusedError).problem).toMatchObject({ status: 404, type: '/v1/refusals#account_not_found' });
    });

    it('trades, pays, refunds, and reads the tree', async () => {
      const client = open();
      const { rich } = await twoAccounts(client);
      const { id: poor } = await client.accounts.create({ currency: 'EUR', kind: 'merchant' });
      const number = `no-${transport}-${way.transport}-${way.encoding}`;
      const terms = { out_trade_no: number, product: 'sale', payer: rich, amount: 100, currency: 'EUR' };
      const trade = await client.trades.create({ ...terms, payees: [{ account: poor, amount: 100 }] });
      const payment = await client.trades.pay(trade.id, { instruments: [{ type: 'balance' }] }, { wait: 5 });
      expect(payment).toMatchObject({ status: 'succeeded', trade: trade.id });
      expect(await client.payments.get(payment.id)).toMatchObject({ id: payment.id, captured: 100 });
      expect(await client.trades.find(number)).toMatchObject({ id: trade.id, paid_by: payment.id });
      expect(await client.trades.find(`${number}-none`)).toBeNull();
      const refund = await client.trades.refund(trade.id, { amount: 30, reason: 'late' }, { wait: 5 });
      expect(await client.refunds.get(refund.id)).toMatchObject({ amount: 30, trade: trade.id });
      const tree = await client.orders.tree(payment.id);
      expect(tree.trade?.refunds.map(({ id }) => id)).toEqual([refund.id]);
      const other = await client.trades.create({ ...terms, out_trade_no: `${number}-2`, payees: [{ account: poor, amount: 100 }] }); // prettier-ignore
      expect(await client.trades.close(other.id)).toMatchObject({ status: 'closed' });
      await expect(client.trades.confirm(other.id)).rejects.toMatchObject({ code: 'trade_not_paid' });
      await expect(client.payments.capture(payment.id)).rejects.toMatchObject({ code: 'payment_not_capturable' });
      await expect(client.payments.cancel(payment.id)).rejects.toMatchObject({ code: 'payment_not_cancelable' });
    });

    it('tells what becomes of external money', async () => {
      const client = open();
      const { rich } = await twoAccounts(client);
      const money = { account: rich, amount: 5, currency: 'EUR', channel: 'nowhere' };
      await expect(client.topups.create(money)).rejects.toBeInstanceOf(RefusedError);
      await expect(client.withdrawals.create({ ...money, destination: 'X' })).rejects.toBeInstanceOf(RefusedError);
      await expect(client.topups.get('trd_1')).rejects.toMatchObject({ code: 'trade_not_found' });
      await expect(client.withdrawals.get('wdr_1')).rejects.toMatchObject({ code: 'withdrawal_not_found' });
      await expect(client.withdrawals.approve('wdr_1')).rejects.toMatchObject({ code: 'withdrawal_not_found' });
      await expect(client.withdrawals.cancel('wdr_1')).rejects.toMatchObject({ code: 'withdrawal_not_found' });
      await expect(client.refunds.approve('rfd_1')).rejects.toMatchObject({ code: 'refund_not_found' });
      await expect(client.refunds.cancel('rfd_1')).rejects.toMatchObject({ code: 'refund_not_found' });
    });
  });

  it('reads statements, balances, vouchers, reports, events and refusals', async () => {
    const client = clientOf(api.server.port);
    const { rich, poor } = await twoAccounts(client);
    const { id } = await client.transfers.create({ debit_account: rich, credit_account: poor, amount: 10 });
    expect((await client.accounts.entries(poor)).data).toMatchObject([{ transfer: id, amount: 10 }]);
    expect(await client.accounts.balance(poor)).toMatchObject({ account: poor, available: 10 });
    const { data } = await client.ledger.vouchers(id);
    expect(await client.ledger.voucher(data[0]?.id ?? '')).toMatchObject({ order: id });
    expect((await client.ledger.trialBalance()).data.length).toBeGreaterThan(0);
    expect((await client.ledger.general({})).complete_to).toBeGreaterThan(0);
    expect((await client.ledger.days()).data.length).toBeGreaterThan(0);
    const page = await client.events.list({ limit: 1 });
    expect(page).toMatchObject({ has_more: true, data: [{ type: 'account.opened' }] });
    expect((await client.events.list({ after: page.cursor, limit: 1 })).data[0]?.id).not.toBe(page.data[0]?.id);
    expect((await client.refusals.list()).data).toContainEqual(expect.objectContaining({ code: 'insufficient_funds' }));
  });

  it('keeps webhook endpoints', async () => {
    const client = clientOf(api.server.port);
    const made = await client.webhooks.create({ url: 'https://example.com/hook', events: ['transfer.*'] });
    expect(made.secret).toMatch(/^whsec_/);
    expect((await client.webhooks.list()).data.map(({ id }) => id)).toContain(made.id);
    expect(await client.webhooks.change(made.id, { status: 'disabled' })).toMatchObject({ status: 'disabled' });
    expect((await client.webhooks.rotateSecret(made.id)).secret).not.toBe(made.secret);
    expect(await client.webhooks.get(made.id)).toMatchObject({ id: made.id, events: ['transfer.*'] });
    expect(await client.webhooks.deliveries(made.id)).toEqual({ data: [], has_more: false });
    expect(await client.webhooks.replay(made.id, { from: '2026-01-01T00:00:00Z' })).toMatchObject({
      endpoint: made.id,
    });
    expect(await client.webhooks.remove(made.id)).toEqual({ id: made.id, deleted: true });
  });

  it('asks where reconciliation is, which is off here', async () => {
    const { reconciliation } = clientOf(api.server.port);
    const about = { channel: 'simulator', date: '2026-01-31' };
    const off = { code: 'reconciliation_off' };
    await expect(reconciliation.importFile({ ...about, format: 'csv' }, new TextEncoder().encode('a\n'))).rejects.toBeInstanceOf(RefusedError); // prettier-ignore
    await expect(reconciliation.fetchBill(about)).rejects.toMatchObject(off);
    await expect(reconciliation.run('run_1')).rejects.toMatchObject(off);
    await expect(reconciliation.differences('run_1')).rejects.toMatchObject(off);
    await expect(reconciliation.resolve('dif_1', { decision: 'book' })).rejects.toMatchObject(off);
  });
});
