// Trial balance and general ledger over the API: exact rows after a known day, of one merchant alone.

import { beforeAll, describe, expect, it } from 'vitest';
import { shardOf, SHARDS } from '../../../src/ledger/shards.ts';
import { transports, useApi } from './support/api.ts';
import type { HttpClient } from './support/http-client.ts';
import { fresh } from './support/ledger.ts';

type Row = Readonly<Record<string, string | number>>;

type TrialBalance = {
  readonly date: string;
  readonly data: readonly Row[];
  readonly has_more: boolean;
  readonly totals: readonly { readonly currency: string; readonly debit: number; readonly credit: number }[];
  readonly complete_to: number;
};

type GeneralLedger = Pick<TrialBalance, 'data' | 'has_more' | 'complete_to'>;

const KEYS = {
  acme: { merchant: 'acme' },
  globex: { merchant: 'globex' },
  nobody: { merchant: 'nobody' },
  giant: { merchant: 'giant' },
};

/** What the day moves from one account to another; each is in shards of its own or not. */
const MOVES = [
  ['bank', 'alice', 1_000],
  ['alice', 'shop', 300],
  ['alice', 'shop', 40],
  ['bank', 'fees', 7],
] as const;

const BETWEEN = 2990;

describe.each(transports)('ledgers over %s', (transport) => {
  const api = useApi({ transport, books: 'on' }, KEYS);

  const trial = (http: HttpClient, query = '') => http.get<TrialBalance>(`/v1/trial_balance${query}`);
  const general = (http: HttpClient, query = '') => http.get<GeneralLedger>(`/v1/general_ledger${query}`);
  const today = (): string => api.server.engine.partition.accountingDate;

  const post = async (http: HttpClient, path: string, body: object): Promise<void> => {
    const seen = await http.post(path, body, fresh('key'));
    expect([200, 201], seen.text).toContain(seen.status);
  };
  const open = (http: HttpClient, id: string, kind: string, currency = 'EUR') =>
    post(http, '/v1/accounts', { id, kind, currency, credit_limit: kind === 'bank' ? 'unlimited' : 0 });
  const pay = (http: HttpClient, debit: string, credit: string, amount: number, more: object = {}) =>
    post(http, '/v1/transfers', { id: fresh(), debit_account: debit, credit_account: credit, amount, ...more });

  beforeAll(async () => {
    const [acme, globex] = [api.as('acme'), api.as('globex')];
    for (const [id, kind] of [['bank', 'bank'], ['alice', 'user'], ['shop', 'merchant'], ['fees', 'fee']] as const) await open(acme, id, kind); // prettier-ignore
    for (const [debit, credit, amount] of MOVES) await pay(acme, debit, credit, amount);
    await open(acme, 'dollars', 'bank', 'USD');
    await open(acme, 'bob', 'user', 'USD');
    await pay(acme, 'dollars', 'bob', 25, { id: 'usd' });
    await pay(acme, 'bob', 'dollars', 10, { hold: true });
    for (const id of ['bank', 'alice']) await open(globex, id, id === 'bank' ? 'bank' : 'user');
    await pay(globex, 'bank', 'alice', 5);
  });

  /** What goes between shards on that day: moves whose two accounts are in different ones. */
  const between = (moves: readonly (readonly [string, string, number])[], merchant: string): number =>
    moves
      .filter(([one, other]) => shardOf(merchant, one, SHARDS) !== shardOf(merchant, other, SHARDS))
      .reduce((sum, [, , amount]) => sum + amount, 0);

  const row = (currency: string, subject: number, name: string, kind: string, normal: string, [opening, debit, credit, closing]: number[]) => // prettier-ignore
    ({ date: today(), currency, subject, name, class: kind, normal, opening_balance: opening, debit, credit, closing_balance: closing }); // prettier-ignore

  const transit = (currency: string, amount: number) =>
    amount === 0 ? [] : [row(currency, BETWEEN, 'between shards', 'liability', 'credit', [0, amount, amount, 0])];

  describe('the trial balance', () => {
    it('has each subject by currency, exactly', async () => {
      const { status, text, body } = await trial(api.as('acme'));
      expect(status, text).toBe(200);
      expect(body.data).toEqual([
        row('EUR', 1001, 'bank', 'asset', 'debit', [0, 1_007, 0, 1_007]),
        row('EUR', 2001, 'user available', 'liability', 'credit', [0, 340, 1_000, 660]),
        row('EUR', 2004, 'merchant available', 'liability', 'credit', [0, 0, 340, 340]),
        ...transit('EUR', between(MOVES, 'acme')),
        row('EUR', 4001, 'payment fee', 'income', 'credit', [0, 0, 7, 7]),
        row('USD', 1001, 'bank', 'asset', 'debit', [0, 25, 0, 25]),
        row('USD', 2001, 'user available', 'liability', 'credit', [0, 10, 25, 15]),
        row('USD', 2002, 'user held', 'liability', 'credit', [0, 0, 10, 10]),
        ...transit('USD', between([['dollars', 'bob', 25]], 'acme')),
      ]);
      expect(body).toMatchObject({ date: today(), has_more: false, complete_to: api.server.engine.position });
    });

    it('has as much debited as credited, in each currency', async () => {
      const { data, totals } = (await trial(api.as('acme'))).body;
      expect(totals.map(({ currency }) => currency)).toEqual(['EUR', 'USD']);
      for (const { currency, debit, credit } of totals) {
        expect(debit).toBe(credit);
        const rows = data.filter((one) => one['currency'] === currency);
        expect(rows.reduce((sum, one) => sum + Number(one['debit']), 0)).toBe(debit);
        const balance = (normal: string) =>
          rows.filter((one) => one['normal'] === normal).reduce((sum, one) => sum + Number(one['closing_balance']), 0);
        expect(balance('debit')).toBe(balance('credit'));
      }
    });

    it('is of the caller and nobody else', async () => {
      const { data } = (await trial(api.as('globex'))).body;
      expect(data.filter(({ subject }) => subject !== BETWEEN)).toEqual([
        row('EUR', 1001, 'bank', 'asset', 'debit', [0, 5, 0, 5]),
        row('EUR', 2001, 'user available', 'liability', 'credit', [0, 0, 5, 5]),
      ]);
      expect((await trial(api.as('nobody'))).body).toMatchObject({ data: [], totals: [], date: today() });
    });

    it('of an earlier day is empty, of a later one opens with what there is', async () => {
      const earlier = (await trial(api.as('acme'), '?date=2001-02-03')).body;
      expect(earlier).toMatchObject({ date: '2001-02-03', data: [], totals: [] });
      const later = (await trial(api.as('globex'), '?date=9999-12-31')).body;
      expect(later.data.find(({ subject }) => subject === 1001)).toMatchObject({
        date: '9999-12-31',
        opening_balance: 5,
        debit: 0,
        credit: 0,
        closing_balance: 5,
      });
      expect(later.totals).toEqual([{ currency: 'EUR', debit: 0, credit: 0 }]);
    });

    it('as CSV has the same', async () => {
      const { data, complete_to: completeTo } = (await trial(api.as('acme'))).body;
      const { headers, text } = await trial(api.as('acme'), `?format=csv&date=${today()}`);
      expect(text.split('\r\n')).toEqual([
        'date,currency,subject,name,class,normal,opening_balance,debit,credit,closing_balance',
        ...data.map((one) => Object.values(one).join(',')),
        '',
      ]);
      expect(headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8; header=present', 'x-complete-to': String(completeTo) }); // prettier-ignore
      const none = await trial(api.as('nobody'), '?format=csv');
      expect(none.text.split('\r\n')).toHaveLength(2);
    });

    it('is exact beyond what a number holds', async () => {
      const giant = api.as('giant');
      const max = Number.MAX_SAFE_INTEGER;
      for (const [id, kind] of [['b1', 'bank'], ['b2', 'bank'], ['u1', 'user'], ['u2', 'user']] as const) await open(giant, id, kind); // prettier-ignore
      await pay(giant, 'b1', 'u1', max);
      await pay(giant, 'b2', 'u2', max);
      const { data } = (await trial(giant)).body;
      const bank = data.find(({ subject }) => subject === 1001);
      expect(bank).toMatchObject({ debit: '18014398509481982', credit: 0, closing_balance: '18014398509481982' });
    });

    it.each([
      ['date=2026-02-30', 'date'],
      ['date=2026-13-01', 'date'],
      ['date=26-01-01', 'date'],
      ['date=', 'date'],
      ['date=2026-01-01T00:00:00Z', 'date'],
      ['date=2026-01-01&date=2026-01-01', 'date'],
      ['format=', 'format'],
      ['format=CSV', 'format'],
      ['merchant=globex', 'merchant'],
      ['from=2026-01-01', 'from'],
    ])('refuses %s', async (query, param) => {
      expect(await trial(api.as('acme'), `?${query}`)).toMatchObject({ status: 400, body: { code: 'query_invalid', param } }); // prettier-ignore
    });

    it('has what was acknowledged before', async () => {
      const [globex, bank] = [api.as('globex'), fresh('bank')];
      await open(globex, bank, 'bank');
      for (let number = 1; number <= 20; number++) {
        await pay(globex, bank, 'alice', 1);
        const { data } = (await trial(globex)).body;
        expect(data.find(({ subject }) => subject === 2001)).toMatchObject({ closing_balance: 5 + number });
      }
    });
  });

  describe('the general ledger', () => {
    it('has the turnover of each subject on each day', async () => {
      const { status, body } = await general(api.as('acme'));
      expect(status).toBe(200);
      const shown = body.data
        .filter(({ subject }) => subject !== BETWEEN)
        .map(({ date, currency, subject, debit, credit }) => [date, currency, subject, debit, credit]);
      expect(shown).toEqual([
        [today(), 'EUR', 1001, 1_007, 0],
        [today(), 'EUR', 2001, 340, 1_000],
        [today(), 'EUR', 2004, 0, 340],
        [today(), 'EUR', 4001, 0, 7],
        [today(), 'USD', 1001, 25, 0],
        [today(), 'USD', 2001, 10, 25],
        [today(), 'USD', 2002, 0, 10],
      ]);
      expect(body).toMatchObject({ has_more: false, complete_to: api.server.engine.position });
    });

    it('of a period and of a subject', async () => {
      const count = async (query: string) => (await general(api.as('acme'), `?${query}`)).body.data.length;
      expect(await count('subject=2001')).toBe(2);
      expect(await count('subject=5003')).toBe(0);
      expect(await count(`from=${today()}&to=${today()}&subject=4001`)).toBe(1);
      expect(await count('to=2001-01-01')).toBe(0);
      expect(await count('from=9999-12-31')).toBe(0);
      expect((await general(api.as('nobody'))).body.data).toEqual([]);
    });

    it('as CSV has the same', async () => {
      const { data } = (await general(api.as('acme'), '?subject=2001')).body;
      const { headers, text } = await general(api.as('acme'), '?subject=2001&format=csv');
      expect(text.split('\r\n')).toEqual([
        'date,currency,subject,name,debit,credit',
        ...data.map((one) => Object.values(one).join(',')),
        '',
      ]);
      expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
      expect((await general(api.as('nobody'), '?format=csv')).text).toBe('date,currency,subject,name,debit,credit\r\n');
    });

    it.each([
      ['subject=1234', 'subject'],
      ['subject=', 'subject'],
      ['subject=02001', 'subject'],
      ['subject=2001.0', 'subject'],
      ['subject=-2001', 'subject'],
      ['subject=constructor', 'subject'],
      ['subject=2e3', 'subject'],
      ['from=2026-02-29', 'from'],
      ['to=today', 'to'],
      ['from=2026-01-02&to=2026-01-01', 'to'],
      ['format=xlsx', 'format'],
      ['date=2026-01-01', 'date'],
    ])('refuses %s', async (query, param) => {
      expect(await general(api.as('acme'), `?${query}`)).toMatchObject({ status: 400, body: { code: 'query_invalid', param } }); // prettier-ignore
    });
  });
});
