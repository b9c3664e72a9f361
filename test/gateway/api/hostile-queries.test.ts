// Queries and paths of those who mean no good, on everything that reads the books: refused or answered, never a fault of
// the server, and nothing told that was not asked for. The seed of a failure is printed.

import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import type { Problem } from '../../../src/gateway/problem.ts';
import { transports, useApi } from './support/api.ts';
import { fresh, openBank } from './support/ledger.ts';

const CASES = Number(process.env['FLORIN_MALFORMED_CASES'] ?? 300);

/** By what each route may be asked. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  '/v1/accounts/a.b:c-d_e/entries': ['limit', 'starting_after', 'ending_before', 'order', 'type', 'transfer', 'from', 'to', 'format'], // prettier-ignore
  '/v1/accounts/a.b:c-d_e/balance': ['at'],
  '/v1/vouchers': ['order', 'limit', 'starting_after', 'ending_before'],
  '/v1/vouchers/vch_00000000000000000000000000': ['order'],
  '/v1/trial_balance': ['date', 'format'],
  '/v1/general_ledger': ['from', 'to', 'subject', 'format'],
};

// prettier-ignore
const VALUES = [
  '', ' ', '0', '-1', '1', '2', '1e3', '0x10', '9007199254740993', '9'.repeat(400), '-0', 'NaN', 'Infinity', 'null',
  'undefined', 'true', '%00', 'a%00b', '%F0%9F%92%B0', '%ff%fe', '%', '%zz', '%E2%80%AE', '١٢', "'%20OR%201=1--",
  '../../etc/passwd', '%2e%2e%2f', '{}', '[]', 'constructor', '__proto__', 'toString', '%0d%0aX-Injected:%201',
  'newest', 'oldest', 'posted', 'opened', 'csv', 'json', '2001', '2990', '2026-02-30', '2026-01-01',
  '2026-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '+275760-09-13T00:00:00Z',
  '-000001-01-01T00:00:00Z', '2026-01-01T00:00:00%2B23:59', 'vch_7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'a.b:c-d_e',
];

const query = (names: readonly string[]) =>
  fc
    .array(
      fc.tuple(
        fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...names) },
          fc.constantFrom('', '__proto__', 'limit[]', 'a%00'),
        ),
        fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...VALUES) },
          fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text)),
        ),
      ),
      { maxLength: 4 },
    )
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));

describe.each(transports)('hostile queries over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });
  const id = 'a.b:c-d_e';

  beforeAll(async () => {
    const bank = await openBank(api.http);
    await api.http.post('/v1/accounts', { id, currency: 'EUR', kind: 'user' });
    await api.http.post('/v1/transfers', { id: 'a:b.c', debit_account: bank, credit_account: id, amount: 5 });
  });

  it.each(Object.entries(PARAMETERS))('%s is answered or refused, whatever it is asked by', async (path, names) => {
    await fc.assert(
      fc.asyncProperty(query(names), async (text) => {
        const seen = await api.http.get<Problem>(path + (text === '' ? '' : `?${escaped(text)}`));
        expect([200, 400, 404], seen.text).toContain(seen.status);
        expect(seen.headers['x-injected']).toBeUndefined();
        if (seen.status === 200) return;
        expect(['query_invalid', 'voucher_not_found', 'transfer_not_found']).toContain(seen.body.code);
        expect(seen.text.length).toBeLessThan(2_000);
        expect(seen.text).not.toMatch(/\bat .*\.(ts|js):\d+|node_modules|\/src\//);
      }),
      { numRuns: CASES },
    );
  });

  it.each(Object.keys(PARAMETERS))('%s tells no more of a long name or value than it must', async (path) => {
    const long = 'x'.repeat(6_000);
    for (const text of [`${long}=1`, `limit=${long}`, `date=${long}`, `at=${long}`]) {
      const { status, body, text: told } = await api.http.get<Problem>(`${path}?${text}`);
      expect([status, body.code]).toEqual([400, 'query_invalid']);
      expect(told).not.toContain('x'.repeat(65));
    }
    const many = Array.from({ length: 500 }, (_, number) => `a${number}=1`).join('&');
    expect(await api.http.get(`${path}?${many}`)).toMatchObject({ status: 400, body: { param: 'a0' } });
  });

  it('a query that is longer than headers may be is refused by the transport', async () => {
    const seen = await api.http.get(`/v1/trial_balance?date=${'x'.repeat(100_000)}`).catch(() => null);
    if (seen) expect([400, 413, 414, 431]).toContain(seen.status);
    expect((await api.http.get('/v1/trial_balance')).status).toBe(200);
  });

  describe('ids', () => {
    const status = async (path: string) => (await api.http.get<Problem>(path)).body.code ?? 200;

    it('of every character that there may be lead to their accounts and vouchers', async () => {
      const { body } = await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${id}/entries`);
      expect(body.data).toMatchObject([{ transfer: 'a:b.c', amount: 5 }]);
      expect(await status('/v1/vouchers?order=a:b.c')).toBe(200);
      expect(await status('/v1/vouchers?order=a%3Ab%2Ec')).toBe(200);
      expect((await api.http.get(`/v1/accounts/${id}/entries?transfer=a%3Ab.c`)).body['data']).toHaveLength(1);
    });

    it('percent-encoded are the same ids', async () => {
      const encoded = id.replaceAll(/./g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
      expect(await status(`/v1/accounts/${encoded}/entries`)).toBe(200);
      expect(await status(`/v1/accounts/${encoded.toUpperCase()}/balance`)).toBe(200);
      const { voucher = '' } = (await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${id}/entries`)).body.data[0] ?? {}; // prettier-ignore
      expect(await status(`/v1/vouchers/${voucher.replace('_', '%5F')}`)).toBe(200);
      expect(await status(`/v1/accounts/${id.replace('.', '%252e')}/entries`)).toBe('id_invalid');
    });

    it('of 64 characters are read, of 65 refused', async () => {
      const long = `${fresh('x')}:${'y'.repeat(64)}`.slice(0, 64);
      const payer = `${long.slice(0, 63)}-`;
      for (const account of [long, payer]) await api.http.post('/v1/accounts', { id: account, currency: 'EUR', kind: 'bank', credit_limit: 'unlimited' }); // prettier-ignore
      const transfer = long.toUpperCase();
      expect((await api.http.post('/v1/transfers', { id: transfer, debit_account: payer, credit_account: long, amount: 1 })).status).toBe(201); // prettier-ignore
      const { body } = await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${long}/entries`);
      expect(body.data).toMatchObject([{ transfer, counterparty: payer }]);
      expect((await api.http.get(`/v1/vouchers?order=${transfer}`)).body['data']).toHaveLength(1);
      expect(await status(`/v1/accounts/${long}z/entries`)).toBe('id_invalid');
      expect(await status(`/v1/vouchers?order=${long}z`)).toBe('query_invalid');
    });

    it.each(['entries', 'balance', '..', '.', '%2e%2e', '__proto__', 'constructor'])(
      'that look like something else are ids: %s',
      async (name) => {
        const account = decodeURIComponent(name);
        const opened = await api.http.post('/v1/accounts', { id: account, currency: 'EUR', kind: 'user' });
        expect([201, 409]).toContain(opened.status);
        const seen = await api.http.get(`/v1/accounts/${name}/entries`);
        expect(seen.status === 200 ? seen.body['account'] : seen.status).toBe(account);
      },
    );

    it.each(['%2F', 'a%2Fb', '%00', 'a%0Ab', '%20', '%', '%zz', '%ff', '%F0%9F%92%B0', 'a+b', 'a,b', '%25'])(
      'that are none: %s',
      async (name) => {
        expect(await status(`/v1/accounts/${name}/entries`)).toBe('id_invalid');
        expect(await status(`/v1/accounts/${name}/balance`)).toBe('id_invalid');
        expect(await status(`/v1/vouchers/${name}`)).toBe('id_invalid');
      },
    );

    it('that are empty, or more than one, are no route', async () => {
      for (const path of [
        '/v1/accounts//entries',
        '/v1/accounts/a/b/entries',
        '/v1/accounts/a/entries/',
        '/v1/vouchers/',
        '/v1/vouchers/a/b',
        '/v1/trial_balance/',
        '/v1/Trial_Balance',
      ])
        // prettier-ignore
        expect(await status(path), path).toBe('route_not_found');
    });

    it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is no way to read', async (method) => {
      for (const path of [
        '/v1/accounts/a/entries',
        '/v1/accounts/a/balance',
        '/v1/vouchers',
        '/v1/vouchers/a',
        '/v1/trial_balance',
        '/v1/general_ledger',
      ]) {
        // prettier-ignore
        const seen = await api.http.send<Problem>(method, path, { body: {} });
        expect([path, seen.status, seen.headers['allow']]).toEqual([path, 405, 'GET']);
      }
    });
  });
});

/** What a client's library would refuse to send is escaped; everything else goes as it is. */
function escaped(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character));
}
