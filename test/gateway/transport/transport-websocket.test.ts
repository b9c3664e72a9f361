// Contract of the transport port, its WebSocket half: both transports pass the same tests.

import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { stopMsMax, type HttpRequest, type Socket } from '../../../src/gateway/transport/transport.ts';
import { handshake, raw, rawUpgrade, start, stopAll, text, transports, webSocketPath } from './transport-fixture.ts';
import { hangUp, open } from './web-socket-client.ts';

afterEach(async () => {
  hangUp();
  await stopAll();
});

const boom = (): never => {
  throw new Error('boom');
};

describe.each(transports)('WebSocket over %s', (name, transport) => {
  it('asks the upgrade handler, and agrees on its subprotocol and session', async () => {
    const requests: HttpRequest[] = [];
    const { port, sockets } = await start(transport, {
      upgrade: (request) => {
        requests.push(request);
        return { protocol: 'two', session: { tenant: 'acme' } };
      },
    });
    const client = await open(port, `${webSocketPath}?ticket=a%20b`, ['one', 'two']);
    expect(client.socket.protocol).toBe('two');
    expect(requests[0]).toMatchObject({ method: 'GET', path: webSocketPath, query: 'ticket=a%20b' });
    expect(requests[0]?.header('sec-websocket-protocol')).toBe('one,two');
    await vi.waitFor(() => expect(sockets[0]?.session).toEqual({ tenant: 'acme' }));
  });

  it('agrees on no subprotocol', async () => {
    const { connect } = await start(transport);
    const client = await connect();
    client.write(rawUpgrade);
    const answer = await client.answer();
    expect(answer?.status).toBe(101);
    expect([...(answer?.headers.keys() ?? [])].join()).not.toContain('protocol');
  });

  it('echoes texts and bytes, in order', async () => {
    const { port } = await start(transport);
    const { socket, messages } = await open(port);
    const sent = [
      '',
      'zażółć 💰',
      Buffer.from([0, 255, 1]),
      Buffer.alloc(0),
      'x'.repeat(100_000),
      Buffer.alloc(70_000, 7),
    ];
    for (const message of sent) socket.send(message);
    await vi.waitFor(() => expect(messages).toHaveLength(sent.length));
    sent.forEach((message, index) =>
      expect(Buffer.compare(Buffer.from(message), Buffer.from(messages[index] ?? '!'))).toBe(0),
    );
    expect(messages.map((message) => typeof message)).toEqual(sent.map((message) => typeof message));
  });

  it('copies the bytes it sends, which may be a part of a buffer', async () => {
    const { port } = await start(transport, {
      message: (socket) => {
        const buffer = new Uint8Array([0, 1, 2, 3, 4]);
        socket.send(buffer.subarray(1, 4));
        buffer.fill(9);
        socket.send(buffer.subarray(2));
      },
    });
    const { socket, messages } = await open(port);
    socket.send('go');
    await vi.waitFor(() => expect(messages).toEqual([Buffer.from([1, 2, 3]), Buffer.from([9, 9, 9])]));
  });

  it('corks what is sent into few packets', async () => {
    const { connect, sockets } = await start(transport);
    const client = await connect();
    client.write(rawUpgrade);
    await client.answer();
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    const before = client.packets;
    sockets[0]?.cork(() => {
      for (let index = 0; index < 1_000; index++) sockets[0]?.send('message');
    });
    await vi.waitFor(() => expect(client.text()).toHaveLength(1_000 * '..message'.length));
    expect(client.packets - before).toBeLessThanOrEqual(2);
  });

  it('passes on what is thrown in a cork', async () => {
    const { port, sockets } = await start(transport);
    const { messages } = await open(port);
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    expect(() => sockets[0]?.cork(boom)).toThrow('boom');
    sockets[0]?.send('still open');
    await vi.waitFor(() => expect(messages).toEqual(['still open']));
  });

  it('refuses an upgrade with an ordinary answer', async () => {
    const { connect, sockets } = await start(transport, { upgrade: () => ({ refuse: text(401, 'no key') }) });
    const client = await connect();
    client.write(rawUpgrade);
    const answer = await client.answer();
    expect(answer).toMatchObject({ status: 401, reason: 'Unauthorized', body: 'no key' });
    expect(answer?.headers.get('content-type')).toBe('text/plain');
    expect(sockets).toEqual([]);
  });

  it('answers 500 when the upgrade handler throws', async () => {
    const { connect, faults } = await start(transport, { upgrade: boom });
    const client = await connect();
    client.write(rawUpgrade);
    expect(await client.answer()).toMatchObject({ status: 500, body: 'refused 500' });
    expect(faults).toHaveLength(1);
  });

  it.each([
    ['of another version', ['Sec-WebSocket-Version: 8']],
    ['with a body', ['Sec-WebSocket-Version: 13', 'Content-Length: 4']],
  ])('refuses an upgrade %s', async (_, headers) => {
    const upgrade = vi.fn(boom);
    const { connect } = await start(transport, { upgrade });
    const client = await connect();
    client.write(raw('GET', webSocketPath, [...handshake, ...headers]));
    expect(await client.answersUntilClosed()).toMatchObject([{ status: 400, body: 'refused 400' }]);
    expect(upgrade).not.toHaveBeenCalled();
  });

  it.each([
    ['on another path', 'GET', '/other', rawUpgrade.replace(webSocketPath, '/other')],
    ['without a key', 'GET', webSocketPath, raw('GET', webSocketPath, handshake.slice(0, 2))],
    ['by POST', 'POST', webSocketPath, rawUpgrade.replace('GET', 'POST')],
    ['that is none', 'GET', webSocketPath, raw('GET', webSocketPath)],
  ])('serves an upgrade %s as a request', async (_, method, path, request) => {
    const { connect } = await start(transport);
    const client = await connect();
    client.write(request);
    expect(await client.answer()).toMatchObject({ status: 200, body: `${method} ${path}` });
  });

  it('closes with a code and a reason, and says so once', async () => {
    const { port, listener, closings } = await start(transport, {
      message: (socket) => socket.close(4401, 'key revoked'),
    });
    const client = await open(port);
    client.socket.send('go');
    expect(await client.closed).toEqual([4401, 'key revoked']);
    await listener.close();
    expect(closings).toMatchObject([{ code: 4401, slow: false }]);
  });

  it('reports a close later, never from inside the call that decided it', async () => {
    const { port, sockets, closings } = await start(transport);
    const client = await open(port);
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    sockets[0]?.close(4000, '');
    expect(closings).toEqual([]);
    await client.closed;
    await vi.waitFor(() => expect(closings).toMatchObject([{ code: 4000 }]));
  });

  it('delivers nothing after it decided to close', async () => {
    const message = vi.fn((socket: Socket) => socket.close(4000, ''));
    const { port } = await start(transport, { message });
    const client = await open(port);
    for (let index = 0; index < 10; index++) client.socket.send('x');
    await client.closed;
    expect(message).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['with a code', 4000, (socket: WebSocket) => socket.close(4000, 'bye')],
    ['without a code', 1005, (socket: WebSocket) => socket.close()],
    ['without a word', 1006, (socket: WebSocket) => socket.terminate()],
  ])('reports a client that closes %s, once', async (_, code, leave) => {
    const { port, closings } = await start(transport);
    const client = await open(port);
    leave(client.socket);
    await client.closed;
    await vi.waitFor(() => expect(closings).toMatchObject([{ code, slow: false }]));
  });

  it('does nothing with a socket that closed', async () => {
    const { port, sockets, closings, faults } = await start(transport);
    const client = await open(port);
    client.socket.terminate();
    await vi.waitFor(() => expect(closings).toHaveLength(1));
    const [socket] = sockets;
    socket?.send('x');
    socket?.cork(() => socket.send(new Uint8Array(1)));
    socket?.close(4000, '');
    expect(socket?.backlogBytes()).toBe(0);
    expect([closings.length, faults.length]).toEqual([1, 0]);
  });

  it.each([
    ['message', { message: boom }],
    ['open', { open: boom }],
  ])('closes with 1011 when the %s handler throws', async (_, handlers) => {
    const { port, closings, faults } = await start(transport, handlers);
    const client = await open(port);
    client.socket.send('x');
    expect((await client.closed)[0]).toBe(1011);
    expect(faults).toMatchObject([{ message: 'boom' }]);
    await vi.waitFor(() => expect(closings).toMatchObject([{ code: 1011 }]));
  });

  it('survives a close handler that throws', async () => {
    const { port, faults } = await start(transport, { close: boom });
    (await open(port)).socket.close();
    await vi.waitFor(() => expect(faults).toHaveLength(1));
    const { socket, messages } = await open(port);
    socket.send('alive');
    await vi.waitFor(() => expect(messages).toEqual(['alive']));
  });

  it('closes with 1009 at a message above the cap, whole or in fragments', async () => {
    const message = vi.fn();
    const { port, closings } = await start(transport, { message });
    const whole = await open(port);
    whole.socket.send(Buffer.alloc(100_001));
    expect((await whole.closed)[0]).toBe(1009);
    const fragments = await open(port);
    for (const last of [false, true]) fragments.socket.send(Buffer.alloc(60_000), { fin: last });
    expect((await fragments.closed)[0]).toBe(1009);
    await vi.waitFor(() => expect(closings.map(({ code }) => code)).toEqual([1009, 1009]));
    expect(message).not.toHaveBeenCalled();
  });

  it('cuts a message far above the cap', async () => {
    const message = vi.fn();
    const { port, closings } = await start(transport, { message });
    const client = await open(port);
    client.socket.send(Buffer.alloc(1_000_000));
    expect((await client.closed)[0]).toBe(name === 'node' ? 1009 : 1006);
    await vi.waitFor(() => expect(closings).toMatchObject([{ code: 1009, slow: false }]));
    expect(message).not.toHaveBeenCalled();
  });

  it('closes at a text that is not UTF-8', async () => {
    const message = vi.fn();
    const { port, closings } = await start(transport, { message });
    const client = await open(port);
    client.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    await client.closed;
    await vi.waitFor(() => expect(closings).toMatchObject([{ code: 1007 }]));
    expect(message).not.toHaveBeenCalled();
  });

  it('pings, keeps a peer that answers, and cuts one that is silent', async () => {
    const { port, closings } = await start(transport, { limits: { pingSeconds: 0.2, silenceSeconds: 1 } });
    const startMs = performance.now();
    const alive = await open(port);
    const silent = await open(port, webSocketPath, [], { autoPong: false });
    await once(silent.socket, 'ping');
    expect((await silent.closed)[0]).toBe(1006);
    expect(performance.now() - startMs).toBeGreaterThan(900);
    expect(performance.now() - startMs).toBeLessThan(2_000);
    await vi.waitFor(() => expect(closings).toMatchObject([{ code: 1006, slow: false }]));
    for (let beat = 0; beat < 5; beat++) await once(alive.socket, 'ping');
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('closes its sockets with 1001 when the listener closes', async () => {
    const { port, listener, closings } = await start(transport);
    const all = await Promise.all([open(port), open(port), open(port)]);
    await listener.close();
    expect(await Promise.all(all.map(async ({ closed }) => (await closed)[0]))).toEqual([1001, 1001, 1001]);
    expect(closings.map(({ code }) => code)).toEqual([1001, 1001, 1001]);
  });

  it('closes in time though a peer does not finish the handshake', async () => {
    const { connect, listener, sockets, closings } = await start(transport);
    const client = await connect();
    client.write(rawUpgrade);
    await client.answer();
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    client.pause();
    const startMs = performance.now();
    await listener.close();
    // A second for the timers of a busy machine.
    expect(performance.now() - startMs).toBeLessThan(stopMsMax + 1_000);
    expect(closings).toMatchObject([{ code: 1001 }]);
    client.resume();
    await client.closed();
  });
});
