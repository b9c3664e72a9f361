// Who reads the books over the API: own accounts and vouchers only, and what is told when the books are off, or are not
// where they would have to be.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import type { Problem } from '../../../src/gateway/problem.ts';
import { transports, useApi } from './support/api.ts';
import { fresh, openBank, openWith } from './support/ledger.ts';
import { expectProblem } from './support/problem.ts';

const KEYS = {
  acme: { merchant: 'acme' },
  globex: { merchant: 'globex' },
  statements: { merchant: 'acme', scopes: ['accounts:read'] },
  auditor: { merchant: 'acme', scopes: ['ledger:read'] },
} as const;

describe.each(transports)('the books over %s', (transport) => {
  const api = useApi({ transport, books: 'on' }, KEYS);

  /** Account, transfer and voucher of acme. */
  async function payment() {
    const acme = api.as('acme');
    const [bank, account, order] = [await openBank(acme), await openWith(acme, 0), fresh('t')];
    await acme.post('/v1/transfers', { id: order, debit_account: bank, credit_account: account, amount: 5 });
    const { data } = (await acme.get<{ data: EntryResource[] }>(`/v1/accounts/${account}/entries`)).body;
    return { account, order, voucher: data[0]?.voucher ?? '' };
  }

  const codes = async (name: keyof typeof KEYS, paths: readonly string[]) =>
    Promise.all(
      paths.map(async (path) => {
        const { status, body } = await api.as(name).get<Problem>(path);
        return body.code ? `${status} ${body.code}` : status;
      }),
    );

  it('show a merchant nothing of another one', async () => {
    const { account, order, voucher } = await payment();
    const paths = [`/v1/accounts/${account}/entries`, `/v1/accounts/${account}/balance`, `/v1/vouchers/${voucher}`, `/v1/vouchers?order=${order}`]; // prettier-ignore
    expect(await codes('acme', paths)).toEqual([200, 200, 200, 200]);
    expect(await codes('globex', paths)).toEqual([
      '404 account_not_found',
      '404 account_not_found',
      '404 voucher_not_found',
      '404 transfer_not_found',
    ]);
    // The same names are free for the other one, and lead to its own.
    const own = await api.as('globex').post('/v1/accounts', { id: account, currency: 'USD', kind: 'user' });
    expect(own.status).toBe(201);
    const { body } = await api.as('globex').get(`/v1/accounts/${account}/entries`);
    expect(body).toMatchObject({ data: [], currency: 'USD', closing_balance: 0 });
  });

  it('tell statements to accounts:read, and vouchers and ledgers to ledger:read', async () => {
    const { account, order, voucher } = await payment();
    const statements = [`/v1/accounts/${account}/entries`, `/v1/accounts/${account}/balance`];
    const ledgers = [`/v1/vouchers/${voucher}`, `/v1/vouchers?order=${order}`, '/v1/trial_balance', '/v1/general_ledger', '/v1/accounting_days']; // prettier-ignore
    const missing = '403 scope_missing';
    expect(await codes('statements', [...statements, ...ledgers])).toEqual([200, 200, missing, missing, missing, missing, missing]); // prettier-ignore
    expect(await codes('auditor', [...ledgers, ...statements])).toEqual([200, 200, 200, 200, 200, missing, missing]);
  });
});

describe.each(transports)('books that are off, over %s', (transport) => {
  const api = useApi({ transport, books: 'off' });

  it('are told with 503 and when to come again, after what is not there at all', async () => {
    const account = await openWith(api, 5);
    const order = fresh('t');
    const bank = await openBank(api.http);
    await api.http.post('/v1/transfers', { id: order, debit_account: bank, credit_account: account, amount: 1 });
    const paths = [`/v1/accounts/${account}/entries`, `/v1/accounts/${account}/entries?format=csv`, `/v1/accounts/${account}/balance`, `/v1/vouchers?order=${order}`, '/v1/trial_balance', '/v1/general_ledger', '/v1/accounting_days']; // prettier-ignore
    for (const path of paths) {
      const { status, headers, body } = await api.http.get<Problem>(path);
      expect(status, path).toBe(503);
      expectProblem(body, 'books_unavailable');
      expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
      expect(headers['content-type']).toBe('application/problem+json');
      // It has nothing to do with how much is in flight.
      expect(headers['ratelimit']).toBeUndefined();
    }
    expect((await api.http.get('/v1/accounts/nobody/entries')).status).toBe(404);
    expect((await api.http.get('/v1/vouchers/nothing')).status).toBe(404);
    expect((await api.http.get('/v1/trial_balance?date=x')).status).toBe(400);
    expect((await api.http.get(`/v1/accounts/${account}`)).body).toMatchObject({ available: 6 });
  });
});

describe.each(transports)('books that are ahead of a journal that was put back, over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });

  it('answer 503, never less than was acknowledged; payments go on', async () => {
    for (let number = 0; number < 20; number++) await openWith(api, 5);
    await api.stop();
    for (const folder of ['journal', 'state']) rmSync(join(api.data, folder), { recursive: true });
    await api.start();
    const account = await openWith(api, 5);
    for (const path of [`/v1/accounts/${account}/entries`, `/v1/accounts/${account}/balance`, '/v1/trial_balance']) {
      const { status, body } = await api.http.get<Problem>(path);
      expect([path, status, body.code]).toEqual([path, 503, 'books_unavailable']);
      expect(body.detail).toMatch(
        /^The books are at frame 0 of the journal; what was asked for is in frame [1-9]\d*\.$/,
      );
    }
    expect((await api.http.get(`/v1/accounts/${account}`)).body).toMatchObject({ available: 5 });
    expect((await api.ops.get('/readyz')).status).toBe(200);
  });
});
