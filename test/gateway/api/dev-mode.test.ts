// The server without keys: who may do what, and how the first key ends it.

import { describe, expect, it, test, vi } from 'vitest';
import { keysElsewhere } from '../../support/keys-elsewhere.ts';
import { Api, transports } from './support/api.ts';
import { codeOf } from './support/ledger.ts';
import { ROUTES, send } from './support/routes.ts';
import { refusedUpgrade } from './support/socket-client.ts';

type Ticket = { readonly ticket: string };

describe('dev mode', () => {
  it.each(transports)(
    'takes everybody on this machine for one merchant with every scope, over %s',
    async (transport) => {
      // prettier-ignore
      const api = new Api({ transport });
      await api.start();
      try {
        expect(api.server.devMode).toBe(true);
        for (const [, method, path, body] of ROUTES) {
          expect((await send(api.http, method, path, body)).status).not.toBe(401);
        }
        const socket = await api.open({ origin: 'http://localhost:5173' });
        expect(codeOf(await socket.ask('ping', {}))).toBe('ok');
        const { problem } = await refusedUpgrade(api.server.port, { origin: 'https://evil.example' });
        expect(problem.code).toBe('origin_forbidden');
      } finally {
        await api.destroy();
      }
    },
  );

  it.each(transports)('ends within two seconds of the first key, for ever, over %s', async (transport) => {
    const api = new Api({ transport });
    await api.start();
    try {
      const sockets = [await api.open(), await api.open({ format: 'msgpack' })];
      const { ticket } = (await api.http.post<Ticket>('/v1/ws_tickets', {})).body;
      await keysElsewhere(api.data, `keys.create({ merchant: 'shop' })`);
      const madeMs = performance.now();
      await vi.waitFor(async () => expect((await api.http.get('/v1/accounts')).status).toBe(401), { timeout: 2_000 });
      for (const { closed } of sockets) expect(await closed).toMatchObject({ code: 4401 });
      expect(performance.now() - madeMs).toBeLessThan(2_000);
      for (const [, method, path, body] of ROUTES) expect((await send(api.http, method, path, body)).status).toBe(401);
      for (const dialling of [{}, { ticket }]) {
        expect((await refusedUpgrade(api.server.port, dialling)).status).toBe(401);
      }
      await api.restart();
      expect(api.server.devMode).toBe(false);
      expect((await api.http.get('/v1/accounts')).status).toBe(401);
    } finally {
      await api.destroy();
    }
  });

  it('ends at once for whoever shows the first key: its merchant is not "dev"', async () => {
    const api = new Api({ transport: 'node' });
    await api.start();
    try {
      expect((await api.http.as('nonsense').get('/v1/accounts')).status).toBe(200);
      api.makeKeys({ shop: { merchant: 'shop' } });
      const body = { id: 'alice', currency: 'EUR', kind: 'user' };
      expect((await api.as('shop').post('/v1/accounts', body)).status).toBe(201);
      expect((await api.as('shop').get('/v1/accounts/alice')).status).toBe(200);
      expect((await api.http.get('/v1/accounts/alice')).status).toBe(401);
      api.revoke('shop');
      expect((await api.as('shop').get('/v1/accounts/alice')).status).toBe(401);
    } finally {
      await api.destroy();
    }
  });

  it('is refused on any other address, with the command that makes a key', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
      const api = new Api({ transport: 'node', host });
      await expect(api.start()).rejects.toThrow(/florin keys create --merchant/);
      await api.destroy();
    }
  });
});

test.each(transports)('over %s revoking the last key does not open the server to everybody', async (transport) => {
  const api = new Api({ transport });
  try {
    api.makeKeys({ last: { merchant: 'acme' } });
    api.revoke('last');
    await api.start();
    expect(api.server.devMode).toBe(false);
    for (const [, method, path, body] of ROUTES) expect((await send(api.http, method, path, body)).status).toBe(401);
    expect((await refusedUpgrade(api.server.port, {})).status).toBe(401);
  } finally {
    await api.destroy();
  }
});
