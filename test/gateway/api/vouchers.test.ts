// Vouchers over the API: what each step of a transfer looks like in double entry, found by the id that an entry names,
// or by the order.

import { beforeAll, describe, expect, it } from 'vitest';
import { voucherId, readVoucherId } from '../../../src/domain/books/voucher.ts';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import { transports, useApi } from './support/api.ts';
import { fresh, openBank, openWith } from './support/ledger.ts';

type Leg = { readonly account: string; readonly subject: number; readonly side: string; readonly amount: number };

type Voucher = {
  readonly id: string;
  readonly event: string;
  readonly order: string;
  readonly key: string;
  readonly accounting_date: string;
  readonly created_at: string;
  readonly legs: readonly Leg[];
  readonly complete_to: number;
};

type Vouchers = { readonly data: readonly Voucher[]; readonly has_more: boolean; readonly complete_to: number };

describe.each(transports)('vouchers over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });
  const get = (id: string) => api.http.get<Voucher>(`/v1/vouchers/${id}`);
  const list = (query: string) => api.http.get<Vouchers>(`/v1/vouchers?${query}`);
  const send = async (path: string, body: object, key = fresh('key')): Promise<void> => {
    const seen = await api.http.post(path, body, key);
    expect([200, 201], seen.text).toContain(seen.status);
  };
  const entries = async (account: string, more = '') =>
    (await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${account}/entries?order=oldest${more}`)).body.data;
  /** 'HD1 debit 2001 alice 50 credit 2002 alice 50' */
  const shown = ({ event, legs }: Voucher): string =>
    [event, ...legs.map(({ side, subject, account, amount }) => `${side} ${subject} ${account} ${amount}`)].join(' ');

  let [bank, user, shop] = ['', '', ''];

  beforeAll(async () => {
    bank = await openBank(api.http);
    [user, shop] = [await openWith(api, 0), await openWith(api, 0, { kind: 'merchant' })];
    await send('/v1/transfers', { id: fresh(), debit_account: bank, credit_account: user, amount: 1_000 });
  });

  it('of a transfer: both accounts under the subjects of their kinds', async () => {
    const id = fresh('t');
    await send('/v1/transfers', { id, debit_account: user, credit_account: shop, amount: 7 });
    const { data, has_more: hasMore, complete_to: completeTo } = (await list(`order=${id}`)).body;
    const { position } = api.server.engine;
    expect([hasMore, completeTo]).toEqual([false, position]);
    expect(data).toEqual([
      {
        id: expect.stringMatching(/^vch_[0-9A-HJKMNP-TV-Z]{26}$/) as string,
        event: 'TR1',
        order: id,
        segment: 1,
        key: `TR1.1:${id}:1`,
        accounting_date: api.server.engine.partition.accountingDate,
        created_at: (await api.http.get(`/v1/transfers/${id}`)).body['created_at'],
        currency: 'EUR',
        legs: [
          { account: user, subject: 2001, name: 'user available', side: 'debit', amount: 7 },
          { account: shop, subject: 2004, name: 'merchant available', side: 'credit', amount: 7 },
        ],
        reverses: null,
      },
    ]);
    expect((await get(data[0]?.id ?? '')).body).toEqual({ ...data[0], complete_to: position });
  });

  it('of money that comes in: the bank is an asset', async () => {
    const id = fresh('t');
    await send('/v1/transfers', { id, debit_account: bank, credit_account: user, amount: 9_007_199_254_730_000 });
    expect((await list(`order=${id}`)).body.data.map(shown)).toEqual([
      `TR1 debit 1001 ${bank} 9007199254730000 credit 2001 ${user} 9007199254730000`,
    ]);
    await send('/v1/transfers', { id: fresh(), debit_account: user, credit_account: bank, amount: 9_007_199_254_730_000 }); // prettier-ignore
  });

  it.each([
    ['user', 2001],
    ['merchant', 2004],
    ['merchant_pending', 2003],
    ['escrow', 2010],
    ['bank', 1001],
    ['channel', 1110],
    ['fee', 4001],
    ['loss', 5003],
    ['a-word-of-ours', 2001],
    ['constructor', 2001],
  ])('money of a %s stands under %i, and what is held of it under 2002', async (kind, subject) => {
    const account = await openWith(api, 5, { kind });
    const id = fresh('hold');
    await send('/v1/transfers', { id, debit_account: account, credit_account: shop, amount: 5, hold: true });
    expect((await list(`order=${id}`)).body.data.map(shown)).toEqual([
      `HD1 debit ${subject} ${account} 5 credit 2002 ${account} 5`,
    ]);
    await send(`/v1/transfers/${id}/void`, {});
  });

  describe('of a hold, captured in parts and given back', () => {
    const [hold, capture, release] = [fresh('hold'), fresh('capture'), fresh('void')];
    let steps: readonly Voucher[] = [];

    beforeAll(async () => {
      await send('/v1/transfers', { id: hold, debit_account: user, credit_account: shop, amount: 50, hold: true });
      await send(`/v1/transfers/${hold}/capture`, { amount: 20 });
      const transfers = [
        [capture, null, null, 5, 2, hold],
        [release, null, null, null, 3, hold],
      ];
      await send('/v1/transfers/batch', { transfers });
      steps = (await list(`order=${hold}`)).body.data;
    });

    it('are those of its steps, in their order', () => {
      expect(steps.map(shown)).toEqual([
        `HD1 debit 2001 ${user} 50 credit 2002 ${user} 50`,
        `HD2 debit 2002 ${user} 20 credit 2004 ${shop} 20`,
        `HD2 debit 2002 ${user} 5 credit 2004 ${shop} 5`,
        `HD3 debit 2002 ${user} 25 credit 2001 ${user} 25`,
      ]);
      expect(steps.map(({ order }) => order)).toEqual([hold, hold, hold, hold]);
      const keys = ['HD1.1', 'HD2.2', 'HD2.3', 'HD3.4'].map((event) => `${event}:${hold}:1`);
      expect(steps.map(({ key }) => key)).toEqual(keys);
    });

    it('are named by the entries of both accounts, and read one by one', async () => {
      for (const account of [user, shop]) {
        const named = await entries(account, `&transfer=${hold}`);
        expect(named.map(({ voucher }) => voucher)).toEqual(steps.map(({ id }) => id));
      }
      for (const step of steps) expect((await get(step.id)).body).toMatchObject(step);
    });

    it('of a capture or void by its own id are that one alone', async () => {
      expect((await list(`order=${capture}`)).body.data).toEqual([steps[2]]);
      expect((await list(`order=${release}`)).body.data).toEqual([steps[3]]);
    });

    it('come in pages, either way', async () => {
      const page = async (query: string) => {
        const { data, has_more: more } = (await list(`order=${hold}&${query}`)).body;
        return [data.map(({ id }) => steps.findIndex((step) => step.id === id)), more];
      };
      expect(await page('limit=3')).toEqual([[0, 1, 2], true]);
      expect(await page(`limit=3&starting_after=${steps[2]?.id}`)).toEqual([[3], false]);
      expect(await page(`limit=2&starting_after=${steps[0]?.id}`)).toEqual([[1, 2], true]);
      expect(await page(`limit=2&ending_before=${steps[3]?.id}`)).toEqual([[1, 2], true]);
      expect(await page(`limit=2&ending_before=${steps[1]?.id}`)).toEqual([[0], false]);
      expect(await page(`starting_after=${steps[3]?.id}`)).toEqual([[], false]);
    });
  });

  it('of a hold that expired', async () => {
    const id = fresh('hold');
    const hold = { id, debit_account: user, credit_account: shop, amount: 3, hold: true, expires_in: 1 };
    const seen = await api.http.post('/v1/transfers', hold, undefined, { prefer: 'wait=20' });
    expect(seen).toMatchObject({ status: 201, body: { status: 'expired' } });
    expect((await list(`order=${id}`)).body.data.map(shown)).toEqual([
      `HD1 debit 2001 ${user} 3 credit 2002 ${user} 3`,
      `HD3 debit 2002 ${user} 3 credit 2001 ${user} 3`,
    ]);
  });

  it('of a hold with thousands of captures, in one frame and in many: all pages, in the order of the steps', async () => {
    const hold = fresh('hold');
    await send('/v1/transfers', { id: hold, debit_account: bank, credit_account: shop, amount: 3_100, hold: true });
    const captures = Array.from({ length: 3_000 }, () => [fresh(), null, null, 1, 2, hold]);
    await send('/v1/transfers/batch', { transfers: captures });
    for (let number = 0; number < 20; number++) await send(`/v1/transfers/${hold}/capture`, { amount: 1 });
    const keys: string[] = [];
    for (let after = '', more = true; more;) {
      const { body } = await list(`order=${hold}&limit=100${after}`);
      keys.push(...body.data.map(({ key }) => key));
      after = `&starting_after=${body.data.at(-1)?.id}`;
      more = body.has_more;
    }
    expect(keys).toEqual(Array.from({ length: 3_021 }, (_, step) => `HD${step === 0 ? 1 : 2}.${step + 1}:${hold}:1`));
  });

  it('balance, each of them', async () => {
    for (const { voucher } of await entries(user)) {
      const { legs } = (await get(voucher)).body;
      const sum = (side: string) =>
        legs.filter((leg) => leg.side === side).reduce((all, { amount }) => all + amount, 0);
      expect(sum('debit')).toBe(sum('credit'));
    }
  });

  describe('that are none', () => {
    /** The id of a voucher, with something else about its place. */
    const moved = async (change: { seq?: number; index?: number; timeMs?: number }): Promise<string> => {
      const place = readVoucherId((await entries(user)).at(-1)?.voucher ?? '');
      if (!place) throw new Error('an entry names no voucher');
      const { seq = 0, index = 0, timeMs = 0 } = change;
      return voucherId(place.timeMs + timeMs, { seq: place.seq + seq, index: place.index + index });
    };

    it.each([
      ['another time', { timeMs: 1 }],
      ['another fact of the frame', { index: 5 }],
      ['another frame', { seq: -1 }],
      ['a frame to come', { seq: 1 }],
      ['a frame far beyond the end', { seq: 2 ** 40 }],
      ['an index far beyond the end', { index: 2 ** 31 }],
    ])('%s', async (_, change) => {
      expect(await get(await moved({}))).toMatchObject({ status: 200 });
      expect(await get(await moved(change))).toMatchObject({ status: 404, body: { code: 'voucher_not_found' } });
    });

    it.each([
      'nothing',
      'vch_',
      'vch_00000000000000000000000000',
      'vch_7ZZZZZZZZZZZZZZZZZZZZZZZZZ',
      'vch_8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
      `vch_${'0'.repeat(60)}`,
    ])('%s', async (id) => {
      expect(await get(id)).toMatchObject({ status: 404, body: { code: 'voucher_not_found', retryable: false } });
    });

    it('an id of another sort, and one in another spelling', async () => {
      const id = await moved({});
      for (const other of [id.replace('vch_', 'evt_'), id.toLowerCase(), id.slice(4), `${id}0`, id.slice(0, -1)]) {
        expect(await get(other), other).toMatchObject({ status: 404, body: { code: 'voucher_not_found' } });
      }
      const account = (await entries(user))[0];
      const opened = voucherId(Date.parse(account?.at ?? ''), { seq: 1, index: 0 });
      expect(await get(opened)).toMatchObject({ status: 404 });
    });

    it.each(['a%20b', '%00', 'x'.repeat(65), '%F0%9F%92%B0', 'vch%2F1'])('not even an id: %s', async (id) => {
      expect(await get(id)).toMatchObject({ status: 400, body: { code: 'id_invalid', param: 'id' } });
    });

    it('of an order that is none', async () => {
      expect(await list('order=nothing')).toMatchObject({ status: 404, body: { code: 'transfer_not_found' } });
      expect(await list(`order=${user}`)).toMatchObject({ status: 404, body: { code: 'transfer_not_found' } });
    });

    it.each([
      ['', 'order'],
      ['order=', 'order'],
      ['order=a%20b', 'order'],
      ['order=a&order=a', 'order'],
      ['order=a&limit=0', 'limit'],
      ['order=a&limit=101', 'limit'],
      ['order=a&starting_after=5', 'starting_after'],
      ['order=a&ending_before=evt_00000000000000000000000000', 'ending_before'],
      ['account=a', 'account'],
    ])('asked for by "%s"', async (query, param) => {
      expect(await list(query)).toMatchObject({ status: 400, body: { code: 'query_invalid', param } });
    });
  });
});
