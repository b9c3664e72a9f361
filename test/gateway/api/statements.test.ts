// Statements over the API: either order, paged both ways, filtered by type, transfer and time; as CSV; and always with
// everything that was acknowledged before.

import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import { transports, useApi } from './support/api.ts';
import { fresh, openBank, openWith } from './support/ledger.ts';

type Statement = {
  readonly data: readonly EntryResource[];
  readonly has_more: boolean;
  readonly opening_balance: number;
  readonly closing_balance: number;
  readonly complete_to: number;
};

const HEADER = 'id,version,at,type,side,transfer,counterparty,amount,change,available,voucher';

describe.each(transports)('statements over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });
  const list = (id: string, query = '') => api.http.get<Statement>(`/v1/accounts/${id}/entries${query}`);
  const send = async (path: string, body: object): Promise<void> => {
    const seen = await api.http.post(path, body, fresh('key'));
    expect([200, 201], seen.text).toContain(seen.status);
    // What comes next happens in another millisecond.
    await sleep(3);
  };

  let [a, b, bank, hold] = ['', '', '', ''];
  let at: readonly string[] = [];

  /** Versions 2 … 7 without 4: received 100, paid 30, held 50, captured 20 of that, gave back 30. */
  beforeAll(async () => {
    [bank, a, b] = [await openBank(api.http), await openWith(api, 0), await openWith(api, 0)];
    hold = fresh('hold');
    await send('/v1/transfers', { id: fresh(), debit_account: bank, credit_account: a, amount: 100 });
    await send('/v1/transfers', { id: fresh(), debit_account: a, credit_account: b, amount: 30 });
    await api.http.patch(`/v1/accounts/${a}`, { metadata: { note: 'a version without an entry' } });
    await send('/v1/transfers', { id: hold, debit_account: a, credit_account: b, amount: 50, hold: true });
    await send(`/v1/transfers/${hold}/capture`, { amount: 20 });
    await send(`/v1/transfers/${hold}/void`, {});
    at = (await list(a, '?order=oldest')).body.data.map((entry) => entry.at);
  });

  /** Versions, has_more, opening and closing balance. */
  const seen = async (id: string, query: string) => {
    const { status, text, body } = await list(id, query);
    expect(status, text).toBe(200);
    return [body.data.map(({ version }) => version), body.has_more, body.opening_balance, body.closing_balance];
  };

  describe('in the order of time', () => {
    it.each([
      ['', [2, 3, 5, 6, 7], false, 0, 50],
      ['&limit=5', [2, 3, 5, 6, 7], false, 0, 50],
      ['&limit=2', [2, 3], true, 0, 70],
      ['&limit=2&starting_after=3', [5, 6], true, 70, 20],
      ['&limit=2&starting_after=4', [5, 6], true, 70, 20],
      ['&limit=2&starting_after=6', [7], false, 20, 50],
      ['&starting_after=7', [], false, 50, 50],
      ['&starting_after=9007199254740991', [], false, 50, 50],
      ['&ending_before=7&limit=2', [5, 6], true, 70, 20],
      ['&ending_before=5&limit=2', [2, 3], false, 0, 70],
      ['&ending_before=5&limit=1', [3], true, 100, 70],
      ['&ending_before=2', [], false, 0, 0],
      ['&ending_before=9007199254740991&limit=1', [7], true, 20, 50],
    ])('order=oldest%s', async (query, versions, more, opening, closing) => {
      expect(await seen(a, `?order=oldest${query}`)).toEqual([versions, more, opening, closing]);
    });
  });

  describe('with the newest first', () => {
    it.each([
      ['', [7, 6, 5, 3, 2], false, 0, 50],
      ['&limit=1', [7], true, 20, 50],
      ['&limit=2&starting_after=6', [5, 3], true, 100, 20],
      ['&limit=2&starting_after=3', [2], false, 0, 100],
      ['&starting_after=2', [], false, 0, 0],
      ['&limit=2&ending_before=3', [6, 5], true, 70, 20],
      ['&limit=2&ending_before=5', [7, 6], false, 20, 50],
      ['&ending_before=7', [], false, 50, 50],
    ])('order=newest%s', async (query, versions, more, opening, closing) => {
      expect(await seen(a, `?order=newest${query}`)).toEqual([versions, more, opening, closing]);
    });
  });

  it.each(['oldest', 'newest'])('of an account to which nothing happened, order=%s: empty', async (order) => {
    expect(await seen(await openWith(api, 0), `?order=${order}`)).toEqual([[], false, 0, 0]);
  });

  it('walks through all pages of a long history without gap or repetition, both ways, over blocks of the books', async () => {
    const id = await openWith(api, 0);
    const transfers = Array.from({ length: 201 }, (_, number) => [fresh(), bank, id, number + 1]);
    await send('/v1/transfers/batch', { transfers });
    for (const [order, cursor] of [
      ['oldest', 'starting_after'],
      ['newest', 'starting_after'],
      ['oldest', 'ending_before'],
      ['newest', 'ending_before'],
    ]) {
      // Paging backwards begins behind the end of the list.
      const end = order === 'oldest' ? '9007199254740991' : '1';
      let bound = cursor === 'ending_before' ? `&ending_before=${end}` : '';
      const pages: number[][] = [];
      for (let more = true; more;) {
        const { body } = await list(id, `?order=${order}&limit=17${bound}`);
        const amounts = body.data.map(({ amount }) => amount);
        if (cursor === 'starting_after') pages.push(amounts);
        else pages.unshift(amounts);
        const [first, last] = [body.data[0], body.data.at(-1)];
        bound = `&${cursor}=${(cursor === 'starting_after' ? last : first)?.id}`;
        const sum = amounts.reduce((total, amount) => total + amount, 0);
        expect(body.closing_balance - body.opening_balance).toBe(sum);
        more = body.has_more;
      }
      const expected = Array.from({ length: 201 }, (_, number) => number + 1);
      expect(pages.flat(), `${order} ${cursor}`).toEqual(order === 'oldest' ? expected : expected.toReversed());
    }
  });

  describe('filters', () => {
    it.each([
      ['posted', [2, 3]],
      ['held', [5]],
      ['captured', [6]],
      ['voided', [7]],
      ['expired', []],
    ])('type=%s', async (type, versions) => {
      expect((await seen(a, `?order=oldest&type=${type}`))[0]).toEqual(versions);
    });

    it('transfer: its steps alone; none of a transfer that the account has no part in', async () => {
      expect((await seen(a, `?order=oldest&transfer=${hold}`))[0]).toEqual([5, 6, 7]);
      expect((await seen(a, `?transfer=${hold}&type=captured`))[0]).toEqual([6]);
      expect((await seen(bank, `?transfer=${hold}`))[0]).toEqual([]);
    });

    it('count has_more by what they let through', async () => {
      expect(await seen(a, '?type=posted&limit=1')).toEqual([[3], true, 100, 70]);
      expect(await seen(a, '?type=posted&limit=2')).toEqual([[3, 2], false, 0, 70]);
      expect(await seen(a, '?type=held&limit=1')).toEqual([[5], false, 70, 20]);
    });

    it('from is in it, to is not', async () => {
      const [received, , held, captured, released] = at;
      expect(await seen(a, `?from=${held}`)).toEqual([[7, 6, 5], false, 70, 50]);
      expect(await seen(a, `?to=${held}`)).toEqual([[3, 2], false, 0, 70]);
      expect(await seen(a, `?from=${held}&to=${captured}`)).toEqual([[5], false, 70, 20]);
      expect(await seen(a, `?from=${held}&to=${released}&order=oldest`)).toEqual([[5, 6], false, 70, 20]);
      expect(await seen(a, `?from=${held}&limit=1&order=oldest`)).toEqual([[5], true, 70, 20]);
      expect(await seen(a, `?from=${held}&limit=1&starting_after=6`)).toEqual([[5], false, 70, 20]);
      expect(await seen(a, `?to=${captured}&limit=1&starting_after=2&order=oldest`)).toEqual([[3], true, 100, 70]);
      expect(await seen(a, `?from=${held}&to=${held}`)).toEqual([[], false, 70, 70]);
      expect(await seen(a, `?to=${received}`)).toEqual([[], false, 0, 0]);
      expect(await seen(a, '?from=2999-01-01T00:00:00Z')).toEqual([[], false, 50, 50]);
      expect(await seen(a, '?to=1969-12-31T23:59:59Z')).toEqual([[], false, 0, 0]);
      expect((await seen(a, '?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59.999Z'))[0]).toHaveLength(5);
    });
  });

  describe('as CSV', () => {
    const csv = async (id: string, query = '') => {
      const { status, headers, text } = await list(id, `?format=csv${query}`);
      expect(status, text).toBe(200);
      return { headers, lines: text.split('\r\n') };
    };

    it('has a line of names, a line an entry with the values of JSON, and CRLF behind each', async () => {
      const { headers, lines } = await csv(a);
      const { data, complete_to: completeTo } = (await list(a)).body;
      expect(lines).toEqual([HEADER, ...data.map((entry) => Object.values(entry).join(',')), '']);
      expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
      expect(headers).toMatchObject({ 'x-complete-to': String(completeTo), 'x-has-more': 'false' });
      expect(headers['x-request-id']).toMatch(/\S/);
    });

    it('without an entry has the line of names alone', async () => {
      const { lines } = await csv(await openWith(api, 0));
      expect(lines).toEqual([HEADER, '']);
    });

    it('has up to 10,000 lines, says that there is more, and goes on behind the last', async () => {
      const id = await openWith(api, 0);
      for (const count of [10_000, 5]) {
        const transfers = Array.from({ length: count }, () => [fresh(), bank, id, 1]);
        expect((await api.http.post('/v1/transfers/batch', { transfers })).status).toBe(200);
      }
      const first = await csv(id, '&order=oldest&limit=10000');
      expect([first.lines.length, first.headers['x-has-more']]).toEqual([10_002, 'true']);
      const last = first.lines.at(-2)?.split(',')[0];
      const second = await csv(id, `&order=oldest&limit=10000&starting_after=${last}`);
      expect([second.lines.length, second.headers['x-has-more']]).toEqual([7, 'false']);
    });

    it('is a matter of success: refusals are problem documents', async () => {
      const refused = await list('nobody', '?format=csv');
      expect(refused).toMatchObject({ status: 404, body: { code: 'account_not_found' } });
      expect(refused.headers['content-type']).toBe('application/problem+json');
    });
  });

  describe('refuse', () => {
    it.each([
      ['order=up', 'order'],
      ['order=', 'order'],
      ['order=OLDEST', 'order'],
      ['type=opened', 'type'],
      ['type=changed', 'type'],
      ['type=constructor', 'type'],
      ['type=', 'type'],
      ['transfer=', 'transfer'],
      ['transfer=a%20b', 'transfer'],
      ['format=xml', 'format'],
      ['limit=101', 'limit'],
      ['limit=0&format=csv', 'limit'],
      ['limit=10001&format=csv', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=1e2', 'limit'],
      ['from=2026-02-30T00:00:00Z', 'from'],
      ['from=yesterday', 'from'],
      ['to=2026-01-31', 'to'],
      ['to=2026-01-31T00:00:60Z', 'to'],
      ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'to'],
      ['starting_after=99999999999999999', 'starting_after'],
      ['starting_after=', 'starting_after'],
      ['limit=1&limit=1', 'limit'],
      ['page=2', 'page'],
    ])('%s', async (query, param) => {
      expect(await list(a, `?${query}`)).toMatchObject({ status: 400, body: { code: 'query_invalid', param } });
    });

    it('of two faults the one with the lower number', async () => {
      expect(await list('a%20b', '?limit=0')).toMatchObject({ status: 400, body: { code: 'id_invalid', param: 'id' } });
      const balance = await api.http.get('/v1/accounts/a%20b/balance?at=now');
      expect(balance).toMatchObject({ status: 400, body: { code: 'id_invalid', param: 'id' } });
    });
  });

  describe('have what was acknowledged before', () => {
    it('200 times: a transfer is posted, and the statement read at once has it on both sides', async () => {
      const [payer, payee] = [await openWith(api, 1_000), await openWith(api, 0)];
      let before = 0;
      for (let number = 1; number <= 200; number++) {
        const id = fresh('t');
        const posted = await api.http.post('/v1/transfers', { id, debit_account: payer, credit_account: payee, amount: 1 }); // prettier-ignore
        expect(posted.status).toBe(201);
        const acknowledged = api.server.engine.position;
        const read = number % 2 === 0 ? payer : payee;
        const { body } = await list(read, '?limit=1');
        expect(body.data[0]?.transfer).toBe(id);
        expect(body.complete_to).toBeGreaterThanOrEqual(acknowledged);
        expect(body.complete_to).toBeGreaterThanOrEqual(before);
        before = body.complete_to;
        expect(body.closing_balance).toBe(read === payer ? 1_000 - number : number);
      }
    });

    it('many readers at once, each behind its own transfer', async () => {
      const pairs = await Promise.all(Array.from({ length: 16 }, () => openWith(api, 0)));
      await Promise.all(
        pairs.map(async (payee) => {
          for (let number = 1; number <= 10; number++) {
            await api.http.post('/v1/transfers', { id: fresh(), debit_account: bank, credit_account: payee, amount: 1 }); // prettier-ignore
            expect((await list(payee)).body.data).toHaveLength(number);
            expect((await api.http.get(`/v1/accounts/${payee}/balance`)).body).toMatchObject({ available: number });
          }
        }),
      );
    });

    it('after a restart too', async () => {
      await api.restart();
      expect(await seen(a, '?order=oldest')).toEqual([[2, 3, 5, 6, 7], false, 0, 50]);
    });
  });
});
