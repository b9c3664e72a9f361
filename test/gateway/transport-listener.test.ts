// Contract of the transport port: taking and freeing a port, and the choice between the transports.

import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseTransport } from '../../src/gateway/choose-transport.ts';
import type { Answer } from '../../src/gateway/transport.ts';
import { raw, start, stopAll, text, transports } from './transport-fixture.ts';

afterEach(stopAll);

describe.each(transports)('A listener over %s', (_, transport) => {
  it('says that a port is taken by another listener of its kind', async () => {
    const { port } = await start(transport);
    await expect(start(transport, { port })).rejects.toThrow(/EADDRINUSE.*127\.0\.0\.1/);
    await expect(start(transport, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('says that a port is taken by a stranger', async () => {
    const stranger = createServer();
    const port = await new Promise<number>((resolve) => {
      stranger.listen(0, '127.0.0.1', () => {
        const address = stranger.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    await expect(start(transport, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise((resolve) => stranger.close(resolve));
  });

  it('frees the port, and the connections that are idle', async () => {
    const { listener, port, connect } = await start(transport);
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
    const closed = listener.close();
    setTimeout(() => answers[0]?.(text(200, 'in time')), 100);
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 200, body: 'in time' }]);
    await closed;
  });

  it('cuts what is not answered after two seconds', async () => {
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
    expect(performance.now() - startMs).toBeLessThan(3_000);
    expect(await client.answersUntilClosed()).toEqual([]);
    answers[0]?.(text(200, 'too late'));
    expect(faults).toEqual([]);
  });
});

describe('The choice of a transport', () => {
  const nothingLoads = () => ({ reasons: ['current: not installed', 'other: wrong ABI'] });

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
