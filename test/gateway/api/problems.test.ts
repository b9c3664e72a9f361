// Problem documents over the API: every refusal is told in one shape, under one code, by one order of precedence; and
// nothing from inside the server is in it.

import { describe, expect, it } from 'vitest';
import { REFUSALS, type Refusal, type RefusalRow } from '../../../src/domain/refusals.ts';
import type { Problem } from '../../../src/gateway/problem.ts';
import { transports, useApi } from './support/api.ts';
import { codeOf, fresh, openWith, payment } from './support/ledger.ts';
import { surfaces } from './support/surfaces.ts';

const CORE =
  'body_invalid field_unknown id_invalid amount_invalid currency_invalid same_account idempotency_key_required ' +
  'idempotency_key_reused idempotency_key_in_use transfer_exists_with_different_content account_not_found ' +
  'transfer_not_found account_exists account_frozen account_closed currency_mismatch hold_not_open ' +
  'capture_exceeds_hold batch_member_refused insufficient_funds balance_overflow too_many_requests overloaded ' +
  'shutting_down';

/** Every member that a problem may have; the last two are there when there is something to say. */
const MEMBERS = ['type', 'title', 'status', 'detail', 'instance', 'code', 'outcome', 'retryable', 'request_id'];

/** Checks that it is a whole problem of this code, and nothing more. */
function expectProblem(problem: Problem, code: Refusal): void {
  const row: RefusalRow = REFUSALS[code];
  expect(problem).toMatchObject({
    type: `/v1/refusals#${code}`,
    title: row.meaning,
    status: row.status,
    code,
    outcome: row.outcome ?? 'none',
    retryable: row.retryable ?? false,
  });
  for (const text of [problem.detail, problem.instance, problem.request_id]) expect(text).toMatch(/^\S.*$/s);
  const more = Object.keys(problem).filter((name) => !MEMBERS.includes(name));
  expect(['', 'param', 'errors', 'param,errors']).toContain(more.join(','));
  expect(JSON.stringify(problem)).not.toMatch(/\bat .*\.(ts|js):\d+|node_modules|Error:|\/src\//);
}

const padding = (bytes: number): string => `{"x":"${'x'.repeat(bytes)}"}`;

describe.each(transports)('problems over %s', (transport) => {
  const api = useApi({ transport });

  describe('the list of refusals', () => {
    it('is the table of the code, both ways', async () => {
      const { status, body } = await api.http.get<{ data: Record<string, unknown>[] }>('/v1/refusals');
      expect(status).toBe(200);
      const rows = Object.entries(REFUSALS).map(([code, row]: [string, RefusalRow]) => {
        const { number, status: http, meaning, retryable = false, outcome = 'none' } = row;
        return { code, number, status: http, meaning, retryable, outcome };
      });
      expect(body).toEqual({ data: rows, has_more: false });
    });

    it('has the core codes, each with a number of its own in ascending order from 16', async () => {
      const { body } = await api.http.get<{ data: { code: string; number: number }[] }>('/v1/refusals');
      expect(body.data.map(({ code }) => code)).toEqual(expect.arrayContaining(CORE.split(' ')));
      const numbers = body.data.map(({ number }) => number);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
      expect(Math.min(...numbers)).toBe(16);
    });

    it('puts shape before authority before idempotency before existence before state before funds before load', () => {
      const classes = [[400, 404, 405, 408, 413, 415, 431], [401, 403], [409, 422], [404, 410], [409], [409], [429, 503, 500]]; // prettier-ignore
      const starts = [16, 48, 64, 80, 112, 160, 192];
      for (const [code, { number, status }] of Object.entries(REFUSALS)) {
        const place = starts.findLastIndex((start) => start <= number);
        expect(classes[place], code).toContain(status);
      }
    });
  });

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = (op: string, body: object, key?: string) => api.ask(surface, op, body, key);
    const good = () => payment(api, 10, 1);
    const problem = async (op: string, body: object, key?: string): Promise<Problem> => {
      const told = await ask(op, body, key);
      if (told.ok) throw new Error('this should have been refused');
      return told.error;
    };

    it.each([
      ['transfers.create', {}, 'body of no fields', 'id_invalid'],
      ['transfers.create', { id: 'x', debit_account: 'no', credit_account: 'nobody', amount: 1 }, 'no account', 'account_not_found'], // prettier-ignore
      ['transfers.get', { id: 'nothing' }, 'no transfer', 'transfer_not_found'],
      ['accounts.create', { currency: 'EUR', kind: 'user', more: 1 }, 'an unknown field', 'field_unknown'],
      ['transfers.batch', { transfers: [] }, 'an empty batch', 'batch_size_invalid'],
    ] as const)('%s of %o tells a whole problem: %s', async (op, body, _, code) => {
      expectProblem(await problem(op, body), code);
    });

    it('names what was asked', async () => {
      const { instance } = await problem('accounts.get', { id: 'nobody' });
      expect(instance).toBe(surface === 'http' ? '/v1/accounts/nobody' : 'accounts.get');
    });

    it('names the field at fault, and all of them when there are several', async () => {
      const one = await problem('accounts.create', { currency: 'XXXX', kind: 'user' });
      expect(one).toMatchObject({ code: 'currency_invalid', param: 'currency' });
      expect(one).not.toHaveProperty('errors');
      const several = await problem('accounts.create', { id: 'a b', currency: 'XXXX', kind: 7, extra: true });
      expect(several).toMatchObject({ code: 'body_invalid', param: 'kind' });
      expect(several.errors?.map(({ param, code }) => [param, code])).toEqual([
        ['kind', 'body_invalid'],
        ['extra', 'field_unknown'],
        ['id', 'id_invalid'],
        ['currency', 'currency_invalid'],
      ]);
      for (const error of several.errors ?? []) expect(error.detail).not.toBe('');
    });

    it('tells of many mistakes the first twenty', async () => {
      const body = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field-${index}`, index]));
      expect((await problem('accounts.create', body)).errors).toHaveLength(20);
    });

    it('does not tell back more than it was told', async () => {
      const name = 'x'.repeat(5_000);
      const { param } = await problem('accounts.create', { currency: 'EUR', kind: 'user', [name]: 1 });
      expect(param).toBe('x'.repeat(64));
    });

    describe('of two faults at once tells', () => {
      it('the lower of two in the shape', async () => {
        const asked = await good();
        const code = async (change: object, key?: string) => codeOf(await ask('transfers.create', { ...asked, ...change }, key)); // prettier-ignore
        expect(await code({ hold: 7, more: 1 })).toBe('body_invalid');
        expect(await code({ more: 1, id: '' })).toBe('field_unknown');
        expect(await code({ id: '', amount: 0 })).toBe('id_invalid');
        expect(await code({ amount: 0, currency: 'x' })).toBe('amount_invalid');
        expect(await code({ currency: 'x', credit_account: asked.debit_account })).toBe('currency_invalid');
        expect(await code({ id: undefined, credit_account: asked.debit_account })).toBe('same_account');
        expect(await code({ expires_in: 5, amount: 0 })).toBe('body_invalid');
        expect(await code({ more: 1 }, 'two words')).toBe('field_unknown');
        expect(await code({ amount: 0 }, 'two words')).toBe('id_invalid');
      });

      it('the shape before the idempotency', async () => {
        const asked = await good();
        await ask('transfers.create', asked);
        expect(codeOf(await ask('transfers.create', { ...asked, amount: 0 }))).toBe('amount_invalid');
        const key = fresh('key');
        await ask('accounts.create', { currency: 'EUR', kind: 'user' }, key);
        expect(codeOf(await ask('accounts.create', { currency: 'eur', kind: 'user' }, key))).toBe('currency_invalid');
      });

      it('the idempotency before the existence', async () => {
        const asked = await good();
        await ask('transfers.create', asked);
        const gone = { ...asked, debit_account: 'nobody' };
        expect(codeOf(await ask('transfers.create', gone))).toBe('transfer_exists_with_different_content');
        const key = fresh('key');
        await ask('accounts.create', { currency: 'EUR', kind: 'user' }, key);
        expect(codeOf(await ask('transfers.capture', { id: 'nothing' }, key))).toBe('idempotency_key_reused');
        expect(codeOf(await ask('transfers.create', gone, key))).toBe('idempotency_key_reused');
      });

      it('the existence before the state', async () => {
        const asked = await good();
        await api.http.patch(`/v1/accounts/${asked.debit_account}`, { status: 'frozen' });
        const told = await ask('transfers.create', { ...asked, credit_account: 'nobody' });
        expect(codeOf(told)).toBe('account_not_found');
      });

      it('the state before the funds', async () => {
        const asked = { ...(await good()), amount: 1_000 };
        expect(codeOf(await ask('transfers.create', asked))).toBe('insufficient_funds');
        expect(codeOf(await ask('transfers.create', { ...asked, currency: 'USD' }))).toBe('currency_mismatch');
        await api.http.patch(`/v1/accounts/${asked.credit_account}`, { status: 'frozen' });
        expect(codeOf(await ask('transfers.create', { ...asked, currency: 'USD' }))).toBe('account_frozen');
      });
    });
  });

  describe('over HTTP', () => {
    const paths = ['/', '/v1', '/v2/accounts', '/v1/accounts/', '/v1/accounts/a/b', '/v1/accounts//entries', '/v1/Accounts', '/v1/trades/x/y/z']; // prettier-ignore
    it.each(paths)('answers 404 at %s', async (path) => {
      const seen = await api.http.get<Problem>(path);
      expect(seen.status).toBe(404);
      expect(seen.headers['content-type']).toBe('application/problem+json');
      expectProblem(seen.body, 'route_not_found');
      expect(seen.body.instance).toBe(path);
    });

    it.each([
      ['DELETE', '/v1/accounts', 'POST, GET'],
      ['PUT', '/v1/accounts/a', 'GET, PATCH'],
      ['POST', '/v1/accounts/a/entries', 'GET'],
      ['POST', '/v1/accounts/a/balance', 'GET'],
      ['GET', '/v1/transfers', 'POST'],
      ['GET', '/v1/transfers/a/capture', 'POST'],
      ['DELETE', '/v1/transfers/batch', 'POST, GET'],
      ['POST', '/v1/events', 'GET'],
      ['POST', '/v1/refusals', 'GET'],
      ['GET', '/v1/ws_tickets', 'POST'],
    ])('answers 405 to %s %s, and what is allowed', async (method, path, allow) => {
      const seen = await api.http.send<Problem>(method, path);
      expect(seen).toMatchObject({ status: 405, headers: { allow } });
      expectProblem(seen.body, 'method_not_allowed');
    });

    it.each(['text/plain', 'application/xml', 'application/jsonx', 'multipart/form-data', ''])(
      'answers 415 to the content type "%s"',
      async (type) => {
        const seen = await api.http.post<Problem>('/v1/accounts', { currency: 'EUR', kind: 'user' }, undefined, { 'content-type': type }); // prettier-ignore
        expect(seen.status).toBe(415);
        expectProblem(seen.body, 'media_type_unsupported');
      },
    );

    it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON ;charset=UTF-8'])(
      'takes the content type "%s"',
      async (type) => {
        const seen = await api.http.post('/v1/accounts', { currency: 'EUR', kind: 'user' }, undefined, { 'content-type': type }); // prettier-ignore
        expect(seen.status).toBe(201);
      },
    );

    it.each([
      ['cut', '{"currency":"EUR"'],
      ['not JSON', 'currency=EUR'],
      ['NaN', '{"amount":NaN}'],
      ['a byte order mark', '\ufeff{}'],
      ['two values', '{} {}'],
      ['an array', '[]'],
      ['null', 'null'],
      ['a text', '"text"'],
      ['invalid UTF-8', Uint8Array.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
      ['a lone continuation', Buffer.from('{"kind":"\x80"}', 'latin1')],
      ['deep', '['.repeat(100_000)],
      ['deep and whole', `{"transfers":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ])('answers 400 to a body that is %s', async (_, body) => {
      for (const path of ['/v1/accounts', '/v1/transfers', '/v1/transfers/x/capture', '/v1/ws_tickets']) {
        const seen = await api.http.post<Problem>(path, body, fresh('key'));
        expect(seen.status, path).toBe(400);
        expect(['body_invalid', 'field_unknown']).toContain(seen.body.code);
        expectProblem(seen.body, seen.body.code);
      }
    });

    it('answers a batch of a deep tuple by its number, with a key or without', async () => {
      const body = `{"transfers":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}`;
      for (const key of [undefined, fresh('key')]) {
        expect(await api.http.post('/v1/transfers/batch', body, key)).toMatchObject({ body: { results: [16] } });
      }
    });

    it('answers 413 to a body that is too large: a megabyte, or four for a batch', async () => {
      const seen = await api.http.post<Problem>('/v1/accounts', padding(1_100_000));
      expect(seen.status).toBe(413);
      expectProblem(seen.body, 'body_too_large');
      expect((await api.http.post<Problem>('/v1/transfers/batch', padding(1_100_000))).body.code).toBe('body_invalid');
      const batch = await api.http.post<Problem>('/v1/transfers/batch', padding(5_000_000)).catch(() => 'cut');
      expect(batch === 'cut' ? 413 : (batch as { status: number }).status).toBe(413);
    });

    it('has the wrong ids of a path refused', async () => {
      for (const id of ['a%20b', '%2F', 'x'.repeat(65), '%C3%A4', '%zz', '%00', 'a+b']) {
        for (const path of [`/v1/accounts/${id}`, `/v1/accounts/${id}/entries`, `/v1/transfers/${id}`]) {
          expect(await api.http.get(path)).toMatchObject({ status: 400, body: { code: 'id_invalid', param: 'id' } });
        }
      }
      expect((await api.http.get('/v1/accounts/%6Eobody')).body).toMatchObject({ code: 'account_not_found' });
    });

    it('does not pass over a query that an operation does not have', async () => {
      const asked = await payment(api, 10, 1);
      const dry = await api.http.post<Problem>('/v1/transfers?dry_run=true', asked);
      expect(dry).toMatchObject({ status: 400, body: { code: 'query_invalid', param: 'dry_run' } });
      expect((await api.http.get(`/v1/transfers/${asked.id}`)).status).toBe(404);
      const both = await api.http.post('/v1/transfers?dry_run=true', { ...asked, amount: 0 });
      expect(both.body).toMatchObject({ code: 'amount_invalid' });
    });

    it('does not take an id in the body where the path has it', async () => {
      const id = await openWith(api, 0);
      const seen = await api.http.patch(`/v1/accounts/${id}`, { id, status: 'frozen' });
      expect(seen.body).toMatchObject({ code: 'field_unknown', param: 'id' });
    });

    it('tells the request id that it was given, and one of its own else', async () => {
      for (const path of ['/v1/accounts/nobody', '/v1/accounts', '/v1/refusals', '/nowhere']) {
        const given = await api.http.get(path, { 'x-request-id': 'order-17/attempt-2' });
        expect(given.headers['x-request-id']).toBe('order-17/attempt-2');
        if (given.status >= 400) expect(given.body['request_id']).toBe('order-17/attempt-2');
        const [own, other] = [await api.http.get(path), await api.http.get(path, { 'x-request-id': 'x'.repeat(129) })];
        for (const seen of [own, other]) expect(seen.headers['x-request-id']).toMatch(/^req_[0-9a-z]+$/);
        expect(own.headers['x-request-id']).not.toBe(other.headers['x-request-id']);
      }
    });

    it('carries the request id into the events', async () => {
      const id = fresh('account');
      const headers = { 'x-request-id': fresh('request'), traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` };
      await api.http.post('/v1/accounts', { id, currency: 'EUR', kind: 'user' }, undefined, headers);
      const { body } = await api.http.get<{ data: { request_id: string; data: { id: string } }[] }>('/v1/events?type=account.opened&limit=100'); // prettier-ignore
      expect(body.data.find(({ data }) => data.id === id)?.request_id).toBe(headers['x-request-id']);
    });

    it.each(['00', `00-${'0'.repeat(32)}-${'cd'.repeat(8)}-01`, `ff-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, '💰'])(
      'ignores the malformed traceparent %s',
      async (traceparent) => {
        const encoded = Buffer.from(traceparent).toString('latin1');
        expect((await api.http.get('/v1/accounts', { traceparent: encoded })).status).toBe(200);
      },
    );
  });
});
