// Problem documents of HTTP itself: routes, methods, bodies, headers.

import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/gateway/problem.ts';
import { transports, useApi } from './support/api.ts';
import { fresh, openWith, payment } from './support/ledger.ts';
import { expectProblem } from './support/problem.ts';

const padding = (bytes: number): string => `{"x":"${'x'.repeat(bytes)}"}`;

describe.each(transports)('HTTP problems over %s', (transport) => {
  const api = useApi({ transport });

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

    it('does not mend text that is not UTF-8', async () => {
      const body = (name: string) => `{"currency":"EUR","kind":"user","metadata":{"name":"${name}"}}`;
      expect((await api.http.post('/v1/accounts', body('Jos\u00e9'))).status).toBe(201);
      const seen = await api.http.post<Problem>('/v1/accounts', Buffer.from(body('Jos\u00e9'), 'latin1'));
      expect(seen.status).toBe(400);
      expectProblem(seen.body, 'body_invalid');
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
