// The connection when the server does not come back.

import { afterEach, expect, it } from 'vitest';
import { Connection } from '../../src/cli/replay/connection.ts';
import { FakeServer } from './replay-server.ts';

let server: FakeServer;
let connection: Connection;

afterEach(() => connection.close());

it('gives up after its time, and says so to every request and to those who wait for room', async () => {
  server = await FakeServer.start();
  connection = await Connection.open({ url: server.url, inFlightMax: 1, recoveryMsMax: 200 });
  await server.close();
  const request = connection.request('accounts.get', { id: 'x' });
  const room = connection.room();
  await expect(request).rejects.toThrow('was lost and did not come back within 0.2 s');
  await expect(room).rejects.toThrow('did not come back');
  await expect(connection.request('accounts.get', { id: 'x' })).rejects.toThrow('did not come back');
});

it('does not try again where the server has learned to refuse it', async () => {
  const misfortunes = { 1: 'cut_before' } as const;
  const options: { misfortunes: typeof misfortunes; refuseUpgrade?: number } = { misfortunes };
  server = await FakeServer.start(options);
  connection = await Connection.open({ url: server.url, inFlightMax: 1, recoveryMsMax: 30_000 });
  options.refuseUpgrade = 403;
  await expect(connection.request('transfers.batch', { transfers: [] })).rejects.toThrow('HTTP 403');
  await server.close();
});
