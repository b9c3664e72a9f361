// Contract of the transport port: a WebSocket whose reader is slow (T4).

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Socket } from '../../../src/gateway/transport/transport.ts';
import { start, stopAll, transports } from './transport-fixture.ts';
import { hangUp, open } from './web-socket-client.ts';

afterEach(async () => {
  hangUp();
  await stopAll();
});

/** The socket that opened as number `index`. */
async function nth(sockets: readonly Socket[], index: number): Promise<Socket> {
  return vi.waitUntil(() => sockets[index]);
}

describe.each(transports)('A slow reader over %s', (_, transport) => {
  /** Both below and above the 16 KiB where libraries change their way of sending. */
  const sizes = [10, 200, 3_000, 10_000, 17_000, 40_000];
  const numbered = (index: number) => String(index).padEnd(sizes[index % sizes.length] ?? 0, '.');

  /** Texts and bytes in turn; the bytes always in the same buffer, which is the sender's again after the call. */
  const scratch = Buffer.alloc(100_000);
  function sendNumbered(socket: Socket, index: number): void {
    const message = numbered(index);
    socket.send(index % 2 === 0 ? message : scratch.subarray(0, scratch.write(message)));
  }

  /** Sends numbered messages until the socket is closed; answers how many. */
  async function flood(socket: Socket, isOver: () => boolean): Promise<number> {
    let count = 0;
    while (!isOver()) {
      for (let index = 0; index < 20 && !isOver(); index++) sendNumbered(socket, count++);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return count;
  }

  it('gets everything when it catches up below the limit (T4)', async () => {
    const { port, sockets, closings } = await start(transport);
    const { socket, messages } = await open(port);
    socket.pause();
    const target = await nth(sockets, 0);
    const count = await flood(target, () => target.backlogBytes() > 500_000);
    expect(closings).toEqual([]);
    socket.resume();
    await vi.waitFor(() => expect(messages).toHaveLength(count), 10_000);
    expect(messages.every((message, index) => message.toString() === numbered(index))).toBe(true);
    await vi.waitFor(() => expect(target.backlogBytes()).toBe(0));
  });

  it('is closed at the limit, and reads all that was sent and 1013 when it wakes up in time (T4)', async () => {
    const { port, sockets, closings } = await start(transport);
    const { socket, messages, closed } = await open(port);
    socket.pause();
    const target = await nth(sockets, 0);
    let backlogBytes = 0;
    const count = await flood(target, () => {
      backlogBytes = Math.max(backlogBytes, target.backlogBytes());
      return backlogBytes > 1_000_000;
    });
    await vi.waitFor(() => expect(closings).toMatchObject([{ code: 1013, slow: true }]));
    expect(backlogBytes).toBeLessThan(1_100_000);
    target.send('not any more');
    socket.resume();
    expect((await closed)[0]).toBe(1013);
    expect(messages).toHaveLength(count);
    expect(messages.every((message, index) => message.toString() === numbered(index))).toBe(true);
    expect(closings).toHaveLength(1);
  });

  it('is cut for certain when it does not wake up, and finds that out late', async () => {
    const { port, sockets, closings, listener } = await start(transport);
    const { socket, messages, closed } = await open(port);
    socket.pause();
    const target = await nth(sockets, 0);
    const count = await flood(target, () => closings.length > 0);
    expect(closings).toMatchObject([{ code: 1013, slow: true }]);
    // Waits for every connection to be over, and cuts none that is in time.
    await listener.close();
    socket.resume();
    expect((await closed)[0]).toBe(1006);
    expect(messages.length).toBeLessThan(count);
    expect(closings).toHaveLength(1);
  });

  it('loses nothing of a long message of which the operating system takes nothing', async () => {
    const short = 'x'.repeat(1_000);
    /** Sends until the operating system is full; answers how many were sent, and the room left for the last. */
    const fill = async (target: Socket, countMax: number) => {
      let count = 0;
      for (; count < countMax && target.backlogBytes() === 0; count++) {
        target.send(short);
        if (count % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      return { count, roomBytes: short.length + 4 - target.backlogBytes() };
    };
    const { port, sockets } = await start(transport);
    (await open(port)).socket.pause();
    const probe = await fill(await nth(sockets, 0), Infinity);

    const { socket, messages } = await open(port);
    socket.pause();
    const target = await nth(sockets, 1);
    const { count } = await fill(target, probe.count - 1);
    const sent = ['filler'.padEnd(probe.roomBytes - 4, '.'), 'long'.padEnd(20_000, '.'), 'last'];
    for (const message of sent) target.send(message);
    socket.resume();
    await vi.waitFor(() => expect(messages.at(-1)).toBe('last'), 10_000);
    expect(messages.slice(count).map((message) => message.length)).toEqual(sent.map(({ length }) => length));
  });
});
