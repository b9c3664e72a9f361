// Who may do what over the API: keys, their scopes, their merchants and their end.

import { describe, expect, it, vi } from 'vitest';
import type { Scope } from '../../../src/gateway/keys.ts';
import { findRoute, ROUTES as routes } from '../../../src/gateway/routes.ts';
import { transports, useApi } from './support/api.ts';
import { codeOf, fresh, openBank, openWith } from './support/ledger.ts';
import { ROUTES, send } from './support/routes.ts';
import { formats, refusedUpgrade } from './support/socket-client.ts';

type Ticket = { readonly ticket: string; readonly expires_in: number };

const only = (...named: Scope[]) => ({ merchant: 'acme', scopes: named });

const KEYS = {
  acme: { merchant: 'acme' },
  globex: { merchant: 'globex' },
  leaver: { merchant: 'acme' },
  'payments:write': only('payments:write'),
  'payments:read': only('payments:read'),
  'refunds:write': only('refunds:write'),
  'accounts:write': only('accounts:write'),
  'accounts:read': only('accounts:read'),
  'ledger:read': only('ledger:read'),
  'webhooks:write': only('webhooks:write'),
};

const OPS: [Scope, string, object][] = [
  ['accounts:write', 'accounts.create', { currency: 'EUR', kind: 'user' }],
  ['accounts:read', 'accounts.get', { id: 'nobody' }],
  ['payments:write', 'transfers.create', { id: 'a', debit_account: 'a', credit_account: 'b', amount: 1 }],
  ['payments:write', 'transfers.batch', { transfers: [['a', 'a', 'b', 1]] }],
  ['payments:read', 'transfers.get', { id: 'nothing' }],
  ['payments:write', 'transfers.capture', { id: 'nothing' }],
  ['payments:write', 'transfers.void', { id: 'nothing' }],
  ['payments:write', 'transfers.reverse', { id: 'nothing' }],
  ['payments:write', 'trades.pay', { id: 'nothing', instruments: [{ type: 'balance' }] }],
  ['payments:write', 'trades.confirm', { id: 'nothing' }],
  ['payments:write', 'trades.close', { id: 'nothing' }],
  ['refunds:write', 'trades.refund', { id: 'nothing' }],
  ['payments:read', 'payments.get', { id: 'nothing' }],
  ['payments:write', 'topups.create', { account: 'nobody', amount: 1, currency: 'EUR' }],
  ['payments:write', 'withdrawals.create', { account: 'nobody', amount: 1, currency: 'EUR', destination: 'iban' }],
  ['payments:read', 'subscribe', { topic: 'payments' }],
  ['payments:read', 'subscribe', { topic: 'trades:a' }],
  ['payments:read', 'subscribe', { topic: 'events' }],
  ['payments:read', 'subscribe', { topic: 'transfers' }],
  ['accounts:read', 'subscribe', { topic: 'accounts:a' }],
];

/** Those that need no key (a callback has its channel's signature), and the one that any key opens. */
const OPEN = ['GET /v1/refusals', 'POST /v1/ws_tickets', 'POST /v1/callbacks/{channel}'];

/** Those that need two scopes at once: reconciliation.test.ts tries them. */
const OF_TWO_SCOPES = [
  'POST /v1/reconciliation/files',
  'GET /v1/reconciliation/runs/{id}',
  'GET /v1/reconciliation/runs/{id}/differences',
  'POST /v1/reconciliation/differences/{id}/resolve',
];

it('is tested of every route that there is', () => {
  const tested = ROUTES.flatMap(([, method, path]) => {
    const found = findRoute(method, path.split('?')[0] ?? '');
    return found && 'route' in found ? [`${found.route.method} ${found.route.path}`] : [];
  });
  expect(tested).toHaveLength(ROUTES.length);
  const all = routes.map(({ method, path }) => `${method} ${path}`);
  expect([...tested, ...OPEN, ...OF_TWO_SCOPES].toSorted()).toEqual(all.toSorted());
});

describe.each(transports)('authority over %s', (transport) => {
  const api = useApi(
    { transport, books: 'on', originsAllowed: ['https://shop.example'], webSocketsPerKeyMax: 20 },
    KEYS,
  );

  describe('keys', () => {
    it.each(ROUTES)('%s: %s %s needs one', async (_, method, path, body) => {
      const wrong = `fk_${'0'.repeat(16)}_${'0'.repeat(64)}`;
      const token = api.token('acme');
      const forged = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
      for (const bearer of [undefined, '', 'nonsense', wrong, forged, token.slice(0, -1), `${token}0`]) {
        const seen = await send(api.http.as(bearer), method, path, body);
        expect(seen).toMatchObject({ status: 401, body: { code: 'unauthenticated', outcome: 'none' } });
        expect(seen.headers['www-authenticate']).toMatch(/^Bearer /);
        expect(seen.text).not.toContain(token.slice(20));
      }
    });

    it('are taken in the Authorization header alone, its scheme in any case', async () => {
      const token = api.token('acme');
      const status = async (headers: Record<string, string>, query = '') =>
        (await api.http.get(`/v1/accounts${query}`, headers)).status;
      expect(await status({ authorization: `bearer ${token}` })).toBe(200);
      expect(await status({ authorization: `BEARER  ${token}` })).toBe(200);
      for (const authorization of [token, `Basic ${token}`, `Bearer${token}`, `Bearer ${token} x`, 'Bearer ']) {
        expect(await status({ authorization })).toBe(401);
      }
      expect(await status({ 'x-api-key': token })).toBe(401);
      expect(await status({}, `?api_key=${token}`)).toBe(400);
    });

    it('are judged after the shape of the request', async () => {
      const seen = await send(api.http, 'POST', '/v1/transfers', { amount: 0 });
      expect(seen).toMatchObject({ status: 400 });
      expect(await api.http.get('/v1/accounts?limit=0')).toMatchObject({ status: 400 });
      expect(await api.http.get('/v1/accounts/a%20b')).toMatchObject({ status: 400 });
    });

    it('are not needed to read the list of refusals', async () => {
      expect((await api.http.get('/v1/refusals')).status).toBe(200);
    });
  });

  describe('scopes', () => {
    const oneEach = ['payments:write', 'payments:read', 'accounts:write', 'accounts:read', 'refunds:write', 'ledger:read', 'webhooks:write'] as const; // prettier-ignore

    it.each(ROUTES)('%s alone opens %s %s', async (scope, method, path, body) => {
      for (const name of oneEach) {
        const seen = await send(api.as(name), method, path, body);
        if (name === scope) expect([200, 201, 404]).toContain(seen.status);
        else expect(seen).toMatchObject({ status: 403, body: { code: 'scope_missing' } });
      }
    });

    it.each(OPS)('%s alone opens %s %o over WebSocket', async (scope, op, body) => {
      for (const name of oneEach.slice(0, 5)) {
        const socket = await api.open({ bearer: api.token(name) });
        const code = codeOf(await socket.ask(op, body, fresh('key')));
        if (name === scope) expect(code).toMatch(/^(ok|[a-z]+_not_found)$/);
        else expect(code).toBe('scope_missing');
        socket.end();
        await socket.closed;
      }
    });

    it('are judged after the shape, and before what is there', async () => {
      const reader = api.as('payments:read');
      expect((await send(reader, 'POST', '/v1/transfers', { amount: 0 })).body.code).not.toBe('scope_missing');
      const socket = await api.open({ bearer: api.token('payments:read') });
      expect(codeOf(await socket.ask('subscribe', { topic: 'accounts:a', after: 'x' }))).toBe('query_invalid');
      expect(codeOf(await socket.ask('accounts.get', { id: 'a b' }))).toBe('id_invalid');
      expect(codeOf(await socket.ask('accounts.get', { id: 'nobody' }))).toBe('scope_missing');
    });

    it('close the WebSocket to a key that could ask nothing there', async () => {
      const { status, problem } = await refusedUpgrade(api.server.port, { bearer: api.token('webhooks:write') });
      expect([status, problem.code]).toEqual([403, 'scope_missing']);
    });

    it('do not get in the way of waiting for the end of a hold', async () => {
      const [bank, a] = [await openBank(api.as('acme')), await openWith(api.as('acme'), 0)];
      const hold = { id: fresh(), debit_account: bank, credit_account: a, amount: 1, hold: true, expires_in: 1 };
      const seen = await api.as('payments:write').post('/v1/transfers', hold, undefined, { prefer: 'wait=20' });
      expect(seen).toMatchObject({ status: 201, body: { status: 'expired' } });
    });
  });

  describe('merchants', () => {
    it('do not see, move or learn of what belongs to others', async () => {
      const [acme, globex] = [api.as('acme'), api.as('globex')];
      const [bank, account] = [await openBank(acme), await openWith(acme, 50)];
      const [hold, key] = [fresh('hold'), fresh('key')];
      await acme.post('/v1/transfers', { id: hold, debit_account: bank, credit_account: account, amount: 5, hold: true }); // prettier-ignore
      const found = async (method: string, path: string, body?: object) => {
        const seen = await send(globex, method, path, body);
        return [seen.status, seen.body.code];
      };
      expect(await found('GET', `/v1/accounts/${account}`)).toEqual([404, 'account_not_found']);
      expect(await found('PATCH', `/v1/accounts/${account}`, { status: 'frozen' })).toEqual([404, 'account_not_found']);
      expect(await found('GET', `/v1/accounts/${account}/entries`)).toEqual([404, 'account_not_found']);
      expect(await found('GET', `/v1/accounts/${account}/balance`)).toEqual([404, 'account_not_found']);
      expect(await found('GET', `/v1/vouchers?order=${hold}`)).toEqual([404, 'transfer_not_found']);
      expect(await found('GET', `/v1/transfers/${hold}`)).toEqual([404, 'transfer_not_found']);
      expect(await found('POST', `/v1/transfers/${hold}/capture`, {})).toEqual([404, 'transfer_not_found']);
      expect(await found('POST', `/v1/transfers/${hold}/void`, {})).toEqual([404, 'transfer_not_found']);
      const own = await openWith(globex, 10);
      for (const [debit, credit] of [
        [account, own],
        [own, account],
        [bank, account],
      ] as const) {
        const body = { id: fresh(), debit_account: debit, credit_account: credit, amount: 1 };
        expect(await found('POST', '/v1/transfers', body)).toEqual([404, 'account_not_found']);
      }
      const batch = await globex.post('/v1/transfers/batch', { transfers: [[fresh(), account, own, 1], [fresh(), null, null, null, 2, hold]] }); // prettier-ignore
      expect(batch.body['results']).toEqual([80, 81]);
      expect((await globex.get(`/v1/accounts?starting_after=${account}`)).status).toBe(400);

      const list = await globex.get<{ data: { id: string }[] }>('/v1/accounts?limit=100');
      expect(list.body.data.map(({ id }) => id)).toContain(own);
      expect(list.body.data.map(({ id }) => id)).not.toContain(account);
      const events = await globex.get('/v1/events?limit=100');
      expect(events.text).toContain(own);
      for (const id of [bank, account, hold]) expect(events.text).not.toContain(id);

      // The same names and keys are free for both.
      const opened = await globex.post('/v1/accounts', { id: account, currency: 'USD', kind: 'user' }, key);
      expect(opened.status).toBe(201);
      expect((await acme.post('/v1/accounts', { currency: 'EUR', kind: 'user' }, key)).status).toBe(201);
      expect((await acme.get(`/v1/accounts/${account}`)).body).toMatchObject({ currency: 'EUR', available: 50 });
    });

    it.each(formats)('hear nothing of each other, on any topic, in %s', async (format) => {
      const account = await openWith(api.as('acme'), 50);
      const spy = await api.open({ format, bearer: api.token('globex') });
      const own = await api.open({ format, bearer: api.token('acme') });
      const topics = ['events', 'transfers', 'payments', `accounts:${account}`, 'trades:x'];
      for (const socket of [spy, own]) for (const topic of topics) await socket.ask('subscribe', { topic });
      const { body } = await api.as('acme').get<{ cursor: string }>('/v1/events?limit=1');
      await spy.ask('subscribe', { topic: 'events', after: body.cursor });
      const bank = await openBank(api.as('acme'));
      await own.ask('transfers.create', { id: fresh(), debit_account: bank, credit_account: account, amount: 5 });
      await own.eventsOf(`accounts:${account}`, 1);
      const mine = await openWith(api.as('globex'), 0);
      const heard = await vi.waitFor(() => {
        const events = spy.heard.filter(({ event }) => event !== undefined);
        expect(events.some(({ data }) => data?.['id'] === mine)).toBe(true);
        return events;
      });
      expect(JSON.stringify(heard)).not.toContain(account);
      expect(JSON.stringify(heard)).not.toContain(bank);
    });
  });

  it('ends with the key: requests at once, open sockets within five seconds, tickets too', async () => {
    const bearer = api.token('leaver');
    const [json, msgpack] = [await api.open({ bearer }), await api.open({ bearer, format: 'msgpack' })];
    const other = await api.open({ bearer: api.token('acme') });
    const { ticket } = (await api.as('leaver').post<Ticket>('/v1/ws_tickets', {})).body;
    api.revoke('leaver');
    const startedMs = performance.now();
    expect((await api.as('leaver').get('/v1/accounts')).status).toBe(401);
    expect((await refusedUpgrade(api.server.port, { bearer })).status).toBe(401);
    expect((await refusedUpgrade(api.server.port, { ticket })).status).toBe(401);
    expect(await Promise.all([json.closed, msgpack.closed])).toMatchObject([{ code: 4401 }, { code: 4401 }]);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(codeOf(await other.ask('ping', {}))).toBe('ok');
  });
});
