// Contract of the transport port: taking and freeing a port, and the choice between the transports.

import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseTransport } from '../../../src/gateway/transport/choose-transport.ts';
import type { Answer } from '../../../src/gateway/transport/transport.ts';
import { raw, start, stopAll, text, transports } from './transport-fixture.ts';

afterEach(stopAll);

const closed = (server: Server) => new Promise((resolve) => server.close(resolve));

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  await closed(server);
  return port;
}

describe.each(transports)('A listener over %s', (_, transport) => {
  it('says that a port is taken by another listener of its kind', async () => {
    const port = await freePort();
    await start(transport, { port });
    await expect(start(transport, { port })).rejects.toThrow(/EADDRINUSE.*127\.0\.0\.1/);
    await expect(start(transport, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('says that a port is taken by a stranger', async () => {
    const stranger = createServer();
    const port = await portOf(stranger);
    await expect(start(transport, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await closed(stranger);
  });

  it('frees the port, and the connections that are idle', async () => {
    const port = await freePort();
    const { listener, connect } = await start(transport, { port });
    const client = await connect();
    client.write(raw('GET', '/'));
    await client.answer();
    const startMs = performance.now();
    await listener.close();
    await client.closed();
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect((await start(transport, { port })).port).toBe(port);
  });

  it('closes twice as once', async () => {
    const { listener } = await start(transport);
    await Promise.all([listener.close(), listener.close()]);
  });

  it('waits for answers in flight', async () => {
    const answers: Answer[] = [];
    const { listener, connect } = await start(transport, { request: (_, answer) => void answers.push(answer) });
    const client = await connect();
    client.write(raw('GET', '/'));
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const stopped = listener.close();
    setTimeout(() => answers[0]?.(text(200, 'in time')), 100);
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 200, body: 'in time' }]);
    await stopped;
  });

  it('cuts what is not answered after five seconds', async () => {
    const answers: Answer[] = [];
    const { listener, connect, faults } = await start(transport, {
      request: (_, answer) => void answers.push(answer),
    });
    const client = await connect();
    client.write(raw('GET', '/'));
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const startMs = performance.now();
    await listener.close();
    expect(performance.now() - startMs).toBeGreaterThan(1_900);
    expect(performance.now() - startMs).toBeLessThan(6_000);
    expect(await client.answersUntilClosed()).toEqual([]);
    answers[0]?.(text(200, 'too late'));
    expect(faults).toEqual([]);
  });
});

const nothingLoads = () => ({ reasons: ['current: not installed', 'other: wrong ABI'] });

describe('The choice of a transport', () => {
  it('is uws where a native build loads, node otherwise', () => {
    expect(chooseTransport('auto').name).toBe(transports[0]?.[0]);
    expect(chooseTransport('auto', nothingLoads).name).toBe('node');
    expect(chooseTransport('node').name).toBe('node');
  });

  it('says why uws cannot be had', () => {
    expect(() => chooseTransport('uws', nothingLoads)).toThrow('current: not installed; other: wrong ABI');
  });

  it('names what runs', () => {
    expect(chooseTransport('node').version).toBe(process.versions.node);
    const { name, version } = chooseTransport('auto');
    if (name === 'uws') expect(version).toMatch(/^20\.\d+ \(node \d+, \w+ \w+\)$/);
  });
});
