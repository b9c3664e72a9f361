// Upgrades to WebSocket: subprotocols, keys, tickets, origins, and how many a key may have.

import { describe, expect, it, vi } from 'vitest';
import { makeCallers } from '../../../src/gateway/callers.ts';
import { DevMode } from '../../../src/gateway/dev-mode.ts';
import { openKeys, scopes, type KeyStore } from '../../../src/gateway/keys.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { transports, useApi } from './support/api.ts';
import { codeOf, openWith } from './support/ledger.ts';
import { formats, refusedUpgrade } from './support/socket-client.ts';

type Ticket = { readonly ticket: string; readonly expires_in: number };

const KEYS = {
  acme: { merchant: 'acme' },
  'payments:read': { merchant: 'acme', scopes: ['payments:read'] },
  'accounts:read': { merchant: 'acme', scopes: ['accounts:read'] },
  'accounts:write': { merchant: 'acme', scopes: ['accounts:write'] },
} as const;

describe.each(transports)('upgrades over %s', (transport) => {
  const api = useApi({ transport, originsAllowed: ['https://shop.example'], webSocketsPerKeyMax: 20 }, KEYS);

  describe('tickets', () => {
    const ticketFor = async (name: string) => (await api.as(name).post<Ticket>('/v1/ws_tickets', {})).body;

    it('open one WebSocket, once, for the key that asked', async () => {
      const seen = await api.as('acme').send<Ticket>('POST', '/v1/ws_tickets');
      expect(seen).toMatchObject({ status: 201, body: { expires_in: 30 } });
      const { ticket } = seen.body;
      const socket = await api.open({ ticket, origin: 'https://shop.example' });
      const id = await openWith(api.as('acme'), 0);
      expect(codeOf(await socket.ask('accounts.get', { id }))).toBe('ok');
      const { status, problem } = await refusedUpgrade(api.server.port, { ticket });
      expect([status, problem.code]).toEqual([401, 'unauthenticated']);
    });

    it('carry the scopes of their key', async () => {
      const socket = await api.open({ ticket: (await ticketFor('payments:read')).ticket });
      expect(codeOf(await socket.ask('accounts.get', { id: 'nobody' }))).toBe('scope_missing');
      expect(codeOf(await socket.ask('transfers.get', { id: 'nothing' }))).toBe('transfer_not_found');
    });

    it('need a key, and take no body', async () => {
      expect((await api.http.post('/v1/ws_tickets', {})).body).toMatchObject({ code: 'unauthenticated' });
      expect((await api.as('acme').post('/v1/ws_tickets', { for: 'me' })).body).toMatchObject({ code: 'field_unknown' }); // prettier-ignore
    });

    it.each(['', 'nonsense', 'x'.repeat(32)])(
      'are refused when they are "%s", even beside a good key',
      async (ticket) => {
        // prettier-ignore
        const dialling = { ticket, bearer: api.token('acme') };
        expect((await refusedUpgrade(api.server.port, dialling)).status).toBe(401);
      },
    );
  });

  describe('upgrades', () => {
    it.each(formats)('agree on %s by its subprotocol', async (format) => {
      const socket = await api.open({ format, bearer: api.token('acme') });
      expect(socket.socket.protocol).toBe(`florin.v1+${format}`);
      expect(await socket.hello()).toEqual({ hello: { version: 'v1', credit: 2_048, max_batch: 10_000 } });
    });

    it('take the first subprotocol that is known, and JSON where none is named', async () => {
      const bearer = api.token('acme');
      const both = await api.open({ format: 'msgpack', bearer, protocols: ['florin.v9', 'florin.v1+msgpack', 'florin.v1+json'] }); // prettier-ignore
      expect(both.socket.protocol).toBe('florin.v1+msgpack');
      const none = await api.open({ bearer, protocols: [] });
      expect(none.socket.protocol).toBe('');
      expect(await none.hello()).toHaveProperty('hello');
    });

    it('are refused without a subprotocol that is known', async () => {
      const { status, problem } = await refusedUpgrade(api.server.port, { bearer: api.token('acme'), protocols: ['florin.v2+json'] }); // prettier-ignore
      expect([status, problem.code]).toEqual([400, 'body_invalid']);
    });

    it('are refused without a key, or with a wrong one', async () => {
      for (const bearer of [undefined, 'nonsense', `fk_${'0'.repeat(16)}_${'0'.repeat(64)}`]) {
        const { status, problem } = await refusedUpgrade(api.server.port, { bearer });
        expect([status, problem.code, problem.instance]).toEqual([401, 'unauthenticated', '/v1/ws']);
      }
    });

    it('are open to the listed origins and to what has none', async () => {
      const bearer = api.token('acme');
      await api.open({ bearer, origin: 'https://shop.example' });
      for (const origin of [
        'https://evil.example',
        'http://shop.example',
        'https://shop.example:8443',
        'https://shop.example.evil',
        'null',
        'http://localhost:3000',
      ]) {
        // prettier-ignore
        const { status, problem } = await refusedUpgrade(api.server.port, { bearer, origin });
        expect([status, problem.code]).toEqual([403, 'origin_forbidden']);
      }
      expect((await refusedUpgrade(api.server.port, { origin: 'https://evil.example' })).status).toBe(401);
    });

    it('have a limit for each key', async () => {
      const bearer = api.token('accounts:write');
      const sockets = await Promise.all(Array.from({ length: 20 }, () => api.open({ bearer })));
      const { status, headers, problem } = await refusedUpgrade(api.server.port, { bearer });
      expect([status, problem.code]).toEqual([429, 'too_many_requests']);
      expect(headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json' });
      expect(headers).toHaveProperty('ratelimit');
      await api.open({ bearer: api.token('accounts:read') });
      sockets[0]?.end();
      await vi.waitFor(() => api.open({ bearer }));
    });
  });
});

describe('tickets by the clock', () => {
  const keys: Pick<KeyStore, 'isActive' | 'list'> = { isActive: () => true, list: () => [] };
  const caller = { merchant: 'acme', scopes: new Set(scopes), keyId: 'key', shadow: false };

  it('are good for thirty seconds', () => {
    let nowMs = 0;
    const callers = makeCallers(keys as KeyStore, new DevMode(keys, () => nowMs), () => nowMs);
    const [first, second] = [callers.issueTicket(caller), callers.issueTicket(caller)];
    nowMs = 30_000;
    expect(callers.fromTicket(first)).toBe(caller);
    nowMs = 30_001;
    expect(callers.fromTicket(second)).toBeNull();
  });

  it('are random, and used up by the first try', () => {
    const none = openKeys(temporaryFolder());
    const callers = makeCallers(none, new DevMode(none, () => 0), () => 0);
    const tickets = Array.from({ length: 100 }, () => callers.issueTicket({ ...caller, keyId: null }));
    expect(new Set(tickets).size).toBe(100);
    expect(tickets.every((ticket) => /^[\w-]{32,}$/.test(ticket))).toBe(true);
    expect(callers.fromTicket(tickets[0] ?? '')).not.toBeNull();
    expect(callers.fromTicket(tickets[0] ?? '')).toBeNull();
  });
});
