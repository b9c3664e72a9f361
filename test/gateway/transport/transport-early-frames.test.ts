// Contract of the transport port: frames that a client sends before it has heard that it may.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { rawUpgrade, start, stopAll, transports } from './transport-fixture.ts';

afterEach(stopAll);

describe.each(transports)('WebSocket over %s', (_, transport) => {
  it('takes frames that came with the upgrade request, on 200 connections at once', async () => {
    const { connect, sockets, closings } = await start(transport);
    // "hi", masked with zeros (RFC 6455 §5.2).
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
    const clients = await Promise.all(Array.from({ length: 200 }, connect));
    for (const client of clients) client.write(Buffer.concat([Buffer.from(rawUpgrade), frame]));
    for (const client of clients) {
      expect((await client.answer())?.status).toBe(101);
      await vi.waitFor(() => expect(client.text()).toBe('\x81\x02hi'));
    }
    for (const client of clients) client.destroy();
    await vi.waitFor(() => expect(closings).toHaveLength(sockets.length));
    expect(sockets).toHaveLength(200);
  });
});
